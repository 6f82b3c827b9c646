import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../../e2e/cluster.ts';
import { open, waitingFor } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds } from '../dials.ts';

beforeEach(needsFullRun);

const ROUNDS = rounds(3);
/** Thirty seconds for a heartbeat of two, and longer than a Worker waits for an answer. */
const STOPS_MS = [3_000, 1_500, 12_000];

describe('a Manager that was stopped for fifteen heartbeats', () => {
  it(`declares nobody dead when it goes on, ${String(ROUNDS)} times`, async () => {
    const cluster = await Cluster.start({
      manager: ['--heartbeat-interval', '200ms'],
      workers: ['w1', 'w2', 'w3'].map((name) => ['--slots', '1', '--name', name]),
    });
    const directory = await scratch();
    await writeFile(join(directory, 'input.txt'), 'a\nb\nc\n');
    const gate = join(directory, 'gate');
    const job = ['-i', 'input.txt', '-o', 'out', '-m', waitingFor(gate), '-r', 'cat', '--json'];
    const client = cluster.submitting([...job, '--split-size', '2'], { cwd: directory });
    const { manager } = cluster;
    for (const name of ['w1', 'w2', 'w3']) await manager.said(new RegExp(`${name} started`));
    for (let round = 0; round < ROUNDS; round++) {
      manager.signal('SIGSTOP');
      await delay(STOPS_MS[round % STOPS_MS.length] ?? 0);
      manager.signal('SIGCONT');
      const pauses = `(This Manager stood still[\\s\\S]*){${String(round + 1)}}`;
      await manager.said(new RegExp(pauses));
      // Silence would show after five and a half intervals.
      await delay(2_000);
    }
    await open(gate);
    expect(await client.exited, client.stderr).toBe(0);
    expect(manager.stderr).not.toMatch(/is lost/);
    expect(JSON.parse(client.stdout)).toMatchObject({
      maps: { attempts: 3, lost: 0, failed: 0 },
      reduces: { lost: 0, failed: 0 },
    });
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a', 'b', 'c']);
  }, 600_000);
});
