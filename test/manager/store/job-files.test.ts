import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { OutputChecks, type ClaimedFile } from '../../../src/manager/store/check-outputs.ts';
import { JobLogs } from '../../../src/manager/store/job-log.ts';
import { writeManifest } from '../../../src/manager/store/manifest.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';

const directory = useTemporaryDirectory();
beforeEach(() => mkdirSync(`${directory()}/jobs/job-0007`, { recursive: true }));

const ROW = {
  attempt: { job_id: 7, stage: 'map', task_index: 12, attempt: 2 },
  workerId: 'node2-1',
  startedAtMs: 1_700_000_000_123,
  durationMs: 4567,
  bytesIn: 100,
  bytesOut: 20,
  outcome: 'failed',
  detail: 'exit code 3:\tno\nluck',
} as const;

test('the job log has a heading and a line per attempt, in order', async () => {
  const logs = new JobLogs(directory(), 0o600);
  const first = logs.append(ROW);
  // It goes with the row before it.
  expect(logs.append({ ...ROW, outcome: 'finished', detail: '' })).toBeUndefined();
  await first;
  await logs.append({ ...ROW, outcome: 'lost', detail: '' });
  await logs.finish(7);
  expect(readFileSync(`${directory()}/jobs/job-0007/joblog.tsv`, 'utf8')).toBe(
    'attempt\tworker\tstart\tseconds\tbytes_in\tbytes_out\toutcome\tdetail\n' +
      'map-00012.2\tnode2-1\t1700000000.123\t4.567\t100\t20\tfailed\texit code 3: no luck\n' +
      'map-00012.2\tnode2-1\t1700000000.123\t4.567\t100\t20\tfinished\t\n' +
      'map-00012.2\tnode2-1\t1700000000.123\t4.567\t100\t20\tlost\t\n',
  );
});

test('the job log has a heading where a Manager died before it could write one', async () => {
  const path = `${directory()}/jobs/job-0007/joblog.tsv`;
  writeFileSync(path, '');
  await new JobLogs(directory(), 0o600).append(ROW);
  await new JobLogs(directory(), 0o600).append(ROW);
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.map((line) => line.split('\t')[0])).toEqual([
    ...['attempt', 'map-00012.2', 'map-00012.2', ''],
  ]);
});

test('a manifest is a line per map; a new version leaves the old one', async () => {
  const entries = [
    { map_index: 0, attempt: 1 },
    { map_index: 1, attempt: 3 },
  ];
  const first = await writeManifest(directory(), { jobId: 7, version: 1, entries }, 0o600);
  const second = await writeManifest(directory(), { jobId: 7, version: 2, entries: [] }, 0o600);
  expect(first).toBe(`${directory()}/jobs/job-0007/manifest`);
  expect(second).toBe(`${directory()}/jobs/job-0007/manifest.2`);
  expect(readFileSync(first, 'utf8')).toBe(
    '{"map_index":0,"attempt":1}\n{"map_index":1,"attempt":3}\n',
  );
});

test.each([
  ['on a local disk, at once', (): string => directory()],
  ['elsewhere, in due time', (): string => '/proc'],
])('outputs are there with their size, or the first that is not is named: %s', async (_, where) => {
  const checks = new OutputChecks(where());
  const check = (files: readonly ClaimedFile[]): Promise<string | null> =>
    new Promise((resolve) => checks.check(files, resolve));
  const path = `${directory()}/part`;
  writeFileSync(path, '12345');
  expect(await check([{ path, bytes: 5 }])).toBeNull();
  expect(await check([])).toBeNull();
  expect(await check(Array.from({ length: 100 }, () => ({ path, bytes: 5 })))).toBeNull();
  expect(await check([{ path, bytes: 6 }])).toBe(`"${path}" has 5 bytes here instead of 6`);
  expect(await check([{ path: `${path}2`, bytes: 6 }])).toBe(
    `"${path}2" cannot be read here: no such file or directory`,
  );
});
