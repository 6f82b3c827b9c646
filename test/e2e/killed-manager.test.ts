import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { steadyPort } from '../steady-port.ts';
import { Cluster, command, type Program, scratch } from './cluster.ts';
import { open } from './gate.ts';
import { eventually } from './processes.ts';
import { parts, sortedLines } from './shell.ts';

/** The Manager is killed in the middle of a job and started again: nothing is lost or done twice. */

interface Scene {
  readonly cluster: Cluster;
  readonly directory: string;
  readonly client: Program;
}

/** Four maps and two reduces; each notes its start, and waits at the gate of its stage. */
async function scene(): Promise<Scene> {
  const cluster = await Cluster.start({
    port: await steadyPort(),
    manager: ['--heartbeat-interval', '400ms'],
    workers: [
      ['--slots', '1', '--name', 'w1'],
      ['--slots', '1', '--name', 'w2'],
    ],
  });
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
  for (const stage of ['map', 'reduce']) {
    const log = join(directory, `${stage}s`);
    const gate = join(directory, `${stage}-gate`);
    const wait = `echo "$mapreduce_task_id" >>'${log}'\nwhile [ ! -e '${gate}' ]; do sleep 0.05; done\nexec cat`;
    await writeFile(join(directory, `${stage}.sh`), `#!/bin/sh\n${wait}\n`, { mode: 0o755 });
    await writeFile(log, '');
  }
  const programs = ['-m', './map.sh', '-r', './reduce.sh', '--num-reducers', '2'];
  const shape = ['--split-size', '4', '--no-backup'];
  const client = cluster.submitting(['-i', 'in', '-o', 'out', ...programs, ...shape], {
    cwd: directory,
  });
  return { cluster, directory, client };
}

async function killAndRestart(cluster: Cluster, previous: Program): Promise<Program> {
  previous.signal('SIGKILL');
  await previous.exited;
  const place = ['--port', String(cluster.port), '--shared-dir', cluster.sharedDirectory];
  return command('mapreduce-manager', [...place, '--heartbeat-interval', '400ms']);
}

async function starts(directory: string, stage: 'map' | 'reduce'): Promise<readonly string[]> {
  return (await readFile(join(directory, `${stage}s`), 'utf8')).split('\n').filter(Boolean);
}

function started(directory: string, stage: 'map' | 'reduce', count: number): Promise<number> {
  return eventually(
    `${String(count)} programs of ${stage} run`,
    async () => (await starts(directory, stage)).length >= count,
  );
}

describe('a Manager that is killed with SIGKILL and started again', () => {
  it('goes on where it was: in the middle of map, between the stages and in the middle of reduce', async () => {
    const { cluster, directory, client } = await scene();
    await started(directory, 'map', 2);
    const second = await killAndRestart(cluster, cluster.manager);
    await second.said(/job-0001 goes on: 0 of 4 maps/);
    await second.said(/w1 started|w2 started|w1 is ready|w2 is ready/);
    await open(join(directory, 'map-gate'));
    await started(directory, 'reduce', 1);
    const third = await killAndRestart(cluster, second);
    await third.said(/job-0001 goes on: 4 of 4 maps/);
    await started(directory, 'reduce', 2);
    const fourth = await killAndRestart(cluster, third);
    await fourth.said(/job-0001 goes on: 4 of 4 maps/);
    await open(join(directory, 'reduce-gate'));
    expect(await client.exited, client.stderr).toBe(0);
    const output = sortedLines(parts(join(directory, 'out')));
    expect(output).toEqual(['', 'a\t1', 'b\t1', 'c\t1', 'd\t1']);
    expect((await starts(directory, 'map')).length).toBe(4);
    expect((await starts(directory, 'reduce')).length).toBe(2);
    expect(client.stderr).toMatch(/goes on with job-0001: 4.4 maps/);
    const list = await cluster.command('list', ['--all']);
    expect(list.stdout).toMatch(/job-0001 .*succeeded/);
  });
});
