import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../../e2e/cluster.ts';
import { open, waitingFor } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds, scaledMs } from '../dials.ts';

beforeEach(needsFullRun);

const ROUNDS = rounds(2);
/** Longer than a Worker may be silent, and than it waits for an answer. */
const STOP_MS = scaledMs(30);
const HEARTBEAT_MS = scaledMs(2);

describe('a Manager that was stopped for thirty seconds', () => {
  it(`declares nobody dead when it goes on, ${String(ROUNDS)} times`, async () => {
    const cluster = await Cluster.start({
      manager: ['--heartbeat-interval', `${String(HEARTBEAT_MS)}ms`],
      workers: ['w1', 'w2', 'w3'].map((name) => ['--slots', '1', '--name', name]),
    });
    const directory = await scratch();
    await writeFile(join(directory, 'input.txt'), 'a\nb\nc\n');
    const gate = join(directory, 'gate');
    const job = [
      '-i',
      'input.txt',
      '-o',
      'out',
      '-m',
      waitingFor(gate),
      '-r',
      'cat',
      '--json',
      '--task-timeout',
      '2h',
    ];
    const client = cluster.submitting([...job, '--split-size', '2'], { cwd: directory });
    const { manager } = cluster;
    for (const name of ['w1', 'w2', 'w3']) await manager.said(new RegExp(`${name} started`));
    for (let round = 0; round < ROUNDS; round++) {
      const before = manager.stderr.length;
      manager.signal('SIGSTOP');
      await delay(STOP_MS);
      manager.signal('SIGCONT');
      const pauses = `(This Manager stood still[\\s\\S]*){${String(round + 1)}}`;
      await manager.said(new RegExp(pauses));
      // Whoever was not heard since shows now.
      await delay(HEARTBEAT_MS);
      expect(manager.stderr.slice(before)).not.toMatch(/is lost/);
    }
    await open(gate);
    expect(await client.exited, client.stderr).toBe(0);
    expect(manager.stderr).not.toMatch(/is lost/);
    expect(JSON.parse(client.stdout)).toMatchObject({
      maps: { attempts: 3, lost: 0, failed: 0 },
      reduces: { lost: 0, failed: 0 },
    });
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a', 'b', 'c']);
  }, 3_600_000);
});
