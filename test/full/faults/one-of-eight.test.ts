import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../../e2e/cluster.ts';
import { script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { attemptEnds, committedTasks, startedAttempts } from './manager-log.ts';

/** One of eight Workers goes in the middle of a map; how long each job took is printed. */

beforeEach(needsFullRun);

const WORKERS = Array.from({ length: 8 }, (_, index) => `w${String(index + 1)}`);
const NAMES = Array.from({ length: 32 }, (_, index) => `f${String(index).padStart(2, '0')}`);

interface Report {
  readonly duration_ms: number;
  readonly maps: { readonly lost: number; readonly failed: number };
}

interface Run {
  readonly report: Report;
  readonly cluster: Cluster;
  /** The Worker that the signal hit. */
  readonly victim: string | undefined;
}

/** Runs a job of 32 maps of a second, during the first of which `signal` hits one Worker. */
async function jobWith(signal: NodeJS.Signals | undefined): Promise<Run> {
  const cluster = await Cluster.start({
    workers: WORKERS.map((name) => ['--slots', '1', '--name', name]),
  });
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  for (const name of NAMES) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
  await script(directory, 'map.sh', 'sleep 1; cat');
  const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'cat', '--split-size', '6'];
  const client = cluster.submitting([...job, '--num-reducers', '4', '--json'], { cwd: directory });
  let victim: string | undefined;
  if (signal !== undefined) {
    [, victim] = await cluster.manager.said(/(w\d) started job-0001\/map/);
    cluster.workers[WORKERS.indexOf(String(victim))]?.signal(signal);
  }
  expect(await client.exited, client.stderr).toBe(0);
  expect(sortedLines(parts(join(directory, 'out'))).slice(1)).toEqual(
    NAMES.map((name) => `${name}\t1`),
  );
  const report = JSON.parse(client.stdout) as Report;
  process.stdout.write(
    `32 maps of 1 s on 8 Workers, ${signal ?? 'undisturbed'}: ${String(report.duration_ms)} ms\n`,
  );
  return { report, cluster, victim };
}

/** Only what the lost Worker had runs again, and nothing is committed twice. */
async function expectLittleWork({ cluster, report, victim }: Run): Promise<void> {
  expect(report.maps).toMatchObject({ failed: 0 });
  const starts = await startedAttempts(cluster, 'job-0001');
  expect(starts.filter((line) => /map-\d+\.[^1]/.test(line))).not.toEqual([]);
  const ends = await attemptEnds(cluster, 'job-0001');
  // What another Worker gave back had waited there for a slot until one was idle elsewhere.
  const wasted = ends.filter(
    ({ worker, outcome }) => outcome === 'lost' || (worker === victim && outcome !== 'finished'),
  );
  expect(wasted.filter(({ worker }) => worker !== victim)).toEqual([]);
  // What ran and what was queued behind it.
  expect(wasted.length, JSON.stringify(wasted)).toBeLessThanOrEqual(2);
  const tasks = await committedTasks(cluster, 'job-0001');
  expect(new Set(tasks).size).toBe(tasks.length);
}

describe('one of eight Workers', () => {
  it('may be killed in the middle of a map', { timeout: 180_000 }, async () => {
    const undisturbed = await jobWith(undefined);
    expect(undisturbed.report.maps).toMatchObject({ lost: 0, failed: 0 });
    const run = await jobWith('SIGKILL');
    expect(run.cluster.manager.stderr).toMatch(/is lost: its connection closed/);
    expect(run.report.maps).toMatchObject({ lost: 1 });
    await expectLittleWork(run);
  });

  it('may only fall silent', { timeout: 180_000 }, async () => {
    const run = await jobWith('SIGSTOP');
    expect(run.cluster.manager.stderr).toMatch(/is lost: silent/);
    // A backup that begins after 10 s may be done before 11 s of silence are over.
    expect(run.report.maps.lost).toBeLessThanOrEqual(1);
    await expectLittleWork(run);
  });
});
