import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../../e2e/cluster.ts';
import { script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { committedTasks, startedAttempts } from './manager-log.ts';

/** One of eight Workers goes in the middle of a map; how long each job took is printed. */

beforeEach(needsFullRun);

const WORKERS = Array.from({ length: 8 }, (_, index) => `w${String(index + 1)}`);
const NAMES = Array.from({ length: 32 }, (_, index) => `f${String(index).padStart(2, '0')}`);

interface Report {
  readonly duration_ms: number;
  readonly maps: { readonly lost: number; readonly failed: number; readonly backups: number };
}

/** Runs a job of 32 maps of a second, during the first of which `signal` hits one Worker. */
async function jobWith(signal: NodeJS.Signals | undefined): Promise<{
  readonly report: Report;
  readonly cluster: Cluster;
}> {
  const cluster = await Cluster.start({
    workers: WORKERS.map((name) => ['--slots', '1', '--name', name]),
  });
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  for (const name of NAMES) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
  await script(directory, 'map.sh', 'sleep 1; cat');
  const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'cat', '--split-size', '6'];
  const client = cluster.submitting([...job, '--num-reducers', '4', '--json'], { cwd: directory });
  if (signal !== undefined) {
    const [, name] = await cluster.manager.said(/(w\d) started job-0001\/map/);
    cluster.workers[WORKERS.indexOf(String(name))]?.signal(signal);
  }
  expect(await client.exited, client.stderr).toBe(0);
  expect(sortedLines(parts(join(directory, 'out'))).slice(1)).toEqual(
    NAMES.map((name) => `${name}\t1`),
  );
  const report = JSON.parse(client.stdout) as Report;
  process.stdout.write(
    `32 maps of 1 s on 8 Workers, ${signal ?? 'undisturbed'}: ${String(report.duration_ms)} ms\n`,
  );
  return { report, cluster };
}

/** Only what the lost Worker had runs again, and nothing is committed twice. */
function expectLittleWork(cluster: Cluster, report: Report): void {
  expect(report.maps).toMatchObject({ failed: 0 });
  const again = startedAttempts(cluster, 'job-0001').filter((line) => /map-\d+\.[^1]/.test(line));
  expect(report.maps.lost).toBe(1);
  // What ran, unless a backup had, and what was queued behind it; others may straggle besides.
  expect(again.length).toBeGreaterThan(0);
  expect(again.length - report.maps.backups).toBeLessThanOrEqual(2);
  const tasks = committedTasks(cluster, 'job-0001');
  expect(new Set(tasks).size).toBe(tasks.length);
}

describe('one of eight Workers', () => {
  it('may be killed in the middle of a map', { timeout: 180_000 }, async () => {
    const undisturbed = await jobWith(undefined);
    expect(undisturbed.report.maps).toMatchObject({ lost: 0, failed: 0 });
    const { cluster, report } = await jobWith('SIGKILL');
    expect(cluster.manager.stderr).toMatch(/is lost: its connection closed/);
    expectLittleWork(cluster, report);
  });

  it('may only fall silent', { timeout: 180_000 }, async () => {
    const { cluster, report } = await jobWith('SIGSTOP');
    expect(cluster.manager.stderr).toMatch(/is lost/);
    expectLittleWork(cluster, report);
  });
});
