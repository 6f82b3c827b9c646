import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, type Outcome, scratch } from '../e2e/cluster.ts';
import { script } from '../e2e/gate.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

beforeEach(needsFullRun);

const TASKS = 12;
const SHAPE = ['--split-size', '2', '--num-reducers', '2', '--json'];

interface Run {
  readonly cluster: Cluster;
  readonly directory: string;
  readonly client: Outcome;
}

/** A job over lines of one letter each, on Workers of one slot, whose mapper is `body`. */
async function runOn(workers: readonly string[], body: string): Promise<Run> {
  const directory = await scratch();
  const letters = Array.from({ length: TASKS }, (_, index) => String.fromCharCode(97 + index));
  await writeFile(join(directory, 'input'), letters.map((letter) => `${letter}\n`).join(''));
  await script(directory, 'map.sh', body);
  const cluster = await Cluster.start({
    workers: workers.map((name) => ['--name', name, '--slots', '1']),
  });
  const job = ['-i', 'input', '-o', 'out', '-m', './map.sh', '-r', 'cat', ...SHAPE];
  const client = await cluster.submit(job, { cwd: directory });
  expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', ...letters]);
  return { cluster, directory, client };
}

describe('a Worker that is many times slower than the others', () => {
  it('has its attempt overtaken by a backup, and nothing of it stays', async () => {
    // Nobody would wait for it: the job ends because it is overtaken.
    const slow = '[ "$mapreduce_worker_id" = slow ] && exec sleep 3600';
    const { cluster, directory, client } = await runOn(
      ['slow', 'w1', 'w2', 'w3'],
      `${slow}\nsleep 0.2; exec cat`,
    );
    expect(client.code).toBe(0);
    expect(JSON.parse(client.stdout)).toMatchObject({
      outcome: 'succeeded',
      maps: { tasks: TASKS, backups: 1, failed: 0, lost: 0 },
      reduces: { backups: 0 },
    });
    expect(client.stderr).toMatch(
      /^map-\d+\.\d+ has run for \S+ s on slow: backup map-\d+\.\d+ on w\d$/m,
    );
    const log = await readFile(join(cluster.sharedDirectory, 'jobs/job-0001/joblog.tsv'), 'utf8');
    expect(log).toMatch(/^map-\d+\.\d+\tw\d\t.*\tfinished\tbackup of map-\d+\.\d+$/m);
    expect(await readdir(directory)).toEqual(['input', 'map.sh', 'out']);
  });
});

describe('where all tasks take long', () => {
  it('there are no backups, though slots are idle', async () => {
    const { client } = await runOn(['w1', 'w2', 'w3', 'w4', 'w5'], 'sleep 11; exec cat');
    expect(JSON.parse(client.stdout)).toMatchObject({
      maps: { tasks: TASKS, backups: 0 },
      reduces: { backups: 0 },
    });
  }, 120_000);
});
