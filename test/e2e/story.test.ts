import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, run, sharedCluster, sharedScratch } from './cluster.ts';
import { open, waitingFor } from './gate.ts';
import { parts, sortedLines } from './shell.ts';

/** A morning with a cluster: submit and leave, look, come back, clear away. */

const cluster = sharedCluster({ workers: [['--slots', '1', '--name', 'w1']] });

async function json(outcome: Promise<Outcome>): Promise<unknown> {
  const { code, stdout, stderr } = await outcome;
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('a job that is left alone', () => {
  const directory = sharedScratch();
  const submit = (...args: readonly string[]): Promise<Outcome> =>
    cluster().submit(['-i', 'in', ...args], { cwd: directory() });

  beforeAll(async () => {
    await mkdir(join(directory(), 'in'));
    await writeFile(join(directory(), 'in', 'a'), 'b\na\nb\n');
  });

  it('is submitted, seen, waited for and watched to its end', async () => {
    const gate = join(directory(), 'gate');
    const submitted = await submit(
      ...['-o', 'out', '-m', waitingFor(gate), '-r', 'count', '--name', 'the morning', '--detach'],
    );
    expect(submitted).toMatchObject({ code: 0, stdout: 'job-0001\n' });
    await cluster().manager.said(/started \S*map/);
    expect(await json(cluster().command('list', ['--json']))).toMatchObject({
      jobs: [{ job: 'job-0001', name: 'the morning', state: 'running' }],
    });
    expect(await json(cluster().command('status', ['1', '--json']))).toMatchObject({
      schema_version: 1,
      state: 'running',
      report: null,
      running_attempts: expect.arrayContaining([
        expect.objectContaining({ attempt: 'map-00000.1', worker_id: 'w1' }),
      ]),
    });
    const behind = await submit(
      ...['-o', 'later', '-m', 'cat', '-r', 'cat', '--num-mappers', '1', '--wait-timeout', '1s'],
    );
    expect(behind.code).toBe(4);
    expect(behind.stderr).toMatch(/Queued behind job-0001/);
    const watched = cluster().command('watch', ['job-0001']);
    await open(gate);
    expect(await watched).toMatchObject({ code: 0, stdout: '' });
    expect(sortedLines(parts(join(directory(), 'out')))).toEqual(['', 'a\t1', 'b\t2']);
    expect(await cluster().command('watch', ['job-0002'])).toMatchObject({ code: 0 });
  });

  it('fails with its log at hand, and is removed', async () => {
    const mapper = 'sh -c "echo the pump broke >&2; exit 3"';
    const failed = await submit('-o', 'none', '-m', mapper, '-r', 'cat', '--detach');
    const job = failed.stdout.trim();
    expect(job).toBe('job-0003');
    expect(await cluster().command('watch', [job])).toMatchObject({ code: 1 });
    const logs = await cluster().command('logs', [job]);
    expect(logs).toMatchObject({ code: 0 });
    expect(logs.stdout).toContain('the pump broke');
    expect(await json(cluster().command('status', [job, '--json']))).toMatchObject({
      state: 'failed',
      report: { failure: { exit_code: 3 }, kept_bytes: expect.any(Number) },
    });
    const kept = join(cluster().sharedDirectory, 'jobs', job);
    expect(JSON.parse(await readFile(join(kept, 'report.json'), 'utf8'))).toMatchObject({
      outcome: 'failed',
    });
    expect(await cluster().command('remove', [job])).toMatchObject({ code: 0 });
    expect(existsSync(kept)).toBe(false);
    expect(await cluster().command('status', [job])).toMatchObject({ code: 2 });
  });

  it('is cancelled, and every command agrees', async () => {
    const job = (await submit('-o', 'none', '-m', 'sleep 600', '-r', 'cat', '--detach')).stdout;
    expect(await cluster().command('cancel', [job.trim()])).toMatchObject({ code: 0 });
    expect(await cluster().command('watch', [job.trim()])).toMatchObject({ code: 5 });
    const all = (await json(cluster().command('list', ['--all', '--json']))) as {
      jobs: { job: string; state: string }[];
    };
    expect(all.jobs.map(({ job: name, state }) => [name, state])).toEqual([
      ['job-0004', 'cancelled'],
      ['job-0002', 'succeeded'],
      ['job-0001', 'succeeded'],
    ]);
    const [running, today] = await Promise.all([
      cluster().command('list'),
      cluster().command('workers', ['--json']),
    ]);
    expect(running).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(today.stdout)).toMatchObject({
      workers: [{ worker_id: 'w1', state: 'live', slots: 1, running: 0 }],
    });
  });

  it('ends with the cluster', async () => {
    expect(await cluster().command('shutdown')).toMatchObject({ code: 0 });
    expect(await cluster().manager.exited).toBe(0);
    expect(await Promise.all(cluster().workers.map((worker) => worker.exited))).toEqual([0]);
    expect(await run('mapreduce', ['list', '--port', String(cluster().port)])).toMatchObject({
      code: 3,
    });
  });
});
