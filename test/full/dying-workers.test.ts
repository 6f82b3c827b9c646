import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, type Program, scratch } from '../e2e/cluster.ts';
import { eventually, withEnvironment } from '../e2e/processes.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

/** Workers are killed, frozen and replaced in the middle of tasks; the output never changes. */

interface Scene {
  readonly cluster: Cluster;
  readonly directory: string;
  /** Attempts run until this file exists, then answer. */
  readonly gate: string;
  readonly marker: string;
  readonly client: Program;
}

/**
 * Two Workers and a job whose mapper (or reducer) waits at a gate, with a grandchild that sleeps.
 * `slow` says which.
 */
async function scene(slow: 'map' | 'reduce', workers: readonly string[]): Promise<Scene> {
  const cluster = await Cluster.start({
    manager: ['--heartbeat-interval', '400ms'],
    workers: workers.map((name) => ['--slots', '1', '--name', name]),
  });
  const directory = await scratch();
  const gate = join(directory, 'gate');
  const marker = `MUSTER_TEST_${String(process.pid)}_${String(Math.round(performance.now()))}`;
  await mkdir(join(directory, 'in'));
  await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => writeFile(join(directory, 'in', name), `${name}\t1\n`)),
  );
  await writeFile(
    join(directory, 'wait.sh'),
    `#!/bin/sh\nsleep 600 >/dev/null 2>&1 &\nwhile [ ! -e '${gate}' ]; do sleep 0.05; done\nexec cat\n`,
    { mode: 0o755 },
  );
  const programs =
    slow === 'map' ? ['-m', './wait.sh', '-r', 'cat'] : ['-m', 'cat', '-r', './wait.sh'];
  const shape = ['--split-size', '4', '--num-reducers', '2', '--env', `${marker}=1`];
  const client = cluster.submitting(['-i', 'in', '-o', 'out', ...programs, ...shape], {
    cwd: directory,
  });
  return { cluster, directory, gate, marker, client };
}

async function expectRightOutput({ client, directory }: Scene): Promise<void> {
  expect(await client.exited, client.stderr).toBe(0);
  expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a\t1', 'b\t1', 'c\t1', 'd\t1']);
  expect((await readdir(directory)).toSorted()).toEqual(['gate', 'in', 'out', 'wait.sh']);
}

function processesOn(worker: string, marker: string): number[] {
  const of = new Set(withEnvironment(`mapreduce_worker_id=${worker}\0`));
  return withEnvironment(`${marker}=1`).filter((pid) => of.has(pid));
}

for (const stage of ['map', 'reduce'] as const) {
  describe(`a Worker killed in the middle of ${stage}`, () => {
    it('leaves no program behind a second later, and the output is right', async () => {
      const at = await scene(stage, ['w1', 'w2']);
      await at.cluster.manager.said(new RegExp(`w1 started job-0001/${stage}`));
      await eventually('w1 runs programs', () => processesOn('w1', at.marker).length > 1);
      at.cluster.workers[0]?.signal('SIGKILL');
      const seconds = await eventually(
        'all programs of w1 are gone',
        () => processesOn('w1', at.marker).length === 0,
      );
      expect(seconds).toBeLessThan(2);
      await writeFile(at.gate, '');
      await expectRightOutput(at);
    });
  });
}

beforeEach(needsFullRun);

describe('a Worker killed and restarted at once under the same name', () => {
  it('takes over without a hang', async () => {
    const at = await scene('map', ['w1']);
    await at.cluster.manager.said(/w1 started \S*map/);
    at.cluster.workers[0]?.signal('SIGKILL');
    await at.cluster.addWorker(['--slots', '1', '--name', 'w1']);
    await writeFile(at.gate, '');
    await expectRightOutput(at);
  });
});

describe('a frozen Worker', () => {
  it('loses its work to others, is refused its stale result, and serves again', async () => {
    const at = await scene('map', ['w1', 'w2']);
    const [frozen] = at.cluster.workers;
    await at.cluster.manager.said(/w1 started \S*map/);
    frozen?.signal('SIGSTOP');
    await at.cluster.manager.said(/w1 is lost/);
    await writeFile(at.gate, '');
    await expectRightOutput(at);
    frozen?.signal('SIGCONT');
    await at.cluster.manager.said(/w1 is lost[\s\S]*w1 is ready/);
    const again = await at.cluster.submit(
      ['-i', 'in', '-o', 'again', '-m', 'cat', '-r', 'cat', '--split-size', '4', '--json'],
      { cwd: at.directory },
    );
    expect(again.code).toBe(0);
    expect(sortedLines(parts(join(at.directory, 'again')))).toHaveLength(5);
  });
});

describe('when all Workers die', () => {
  it('one new Worker ends the job', async () => {
    const at = await scene('map', ['w1', 'w2']);
    await at.cluster.manager.said(/w1 started \S*map/);
    for (const worker of at.cluster.workers) worker.signal('SIGKILL');
    await at.client.said(/no Worker is registered/);
    await writeFile(at.gate, '');
    await at.cluster.addWorker(['--slots', '2', '--name', 'w3']);
    await expectRightOutput(at);
  });
});

describe('a Worker asked to stop', () => {
  it('finishes what runs, hands the rest back, and exits with 0', async () => {
    const at = await scene('map', ['w1', 'w2']);
    const [leaving] = at.cluster.workers;
    await at.cluster.manager.said(/w1 started \S*map/);
    leaving?.signal('SIGTERM');
    await writeFile(at.gate, '');
    expect(await leaving?.exited).toBe(0);
    await expectRightOutput(at);
  });
});
