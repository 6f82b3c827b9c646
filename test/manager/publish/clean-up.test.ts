import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cleanUp } from '../../../src/manager/publish/clean-up.ts';
import { newFixture } from './output-fixture.ts';

function fail(message: string): void {
  throw new Error(message);
}

test('an old output that could not be put back is never swept', async () => {
  const fixture = newFixture('rename');
  const old = `${fixture.root}/.out.old-job-0007`;
  mkdirSync(old);
  writeFileSync(`${old}/part-00000`, 'precious');
  const warnings: string[] = [];
  const request = { jobId: 7, place: fixture.place, keepIntermediates: true };
  await cleanUp(request, fixture.root, (message) => warnings.push(message));
  expect(readdirSync(old)).toEqual(['part-00000']);
  expect(warnings).toEqual([`The output from before is kept in "${old}"`]);
});

test('an old output that cannot be read is not taken for none', async () => {
  const fixture = newFixture('rename');
  const old = `${fixture.root}/.out.old-job-0007`;
  writeFileSync(old, 'not a directory');
  const warnings: string[] = [];
  const request = { jobId: 7, place: fixture.place, keepIntermediates: true };
  await cleanUp(request, fixture.root, (message) => warnings.push(message));
  expect(warnings).toEqual([`The output from before is kept in "${old}"`]);
});

test('a failed job says how much of it is kept, logs and all', async () => {
  const fixture = newFixture('rename');
  mkdirSync(`${fixture.root}/jobs/job-0007/map`, { recursive: true });
  mkdirSync(`${fixture.root}/jobs/job-0007/logs`);
  writeFileSync(`${fixture.root}/jobs/job-0007/map/map-00000.1.run`, 'x'.repeat(1000));
  writeFileSync(`${fixture.root}/jobs/job-0007/logs/map-00000.1.stderr`, 'x'.repeat(234));
  const request = { jobId: 7, place: fixture.place, keepIntermediates: true };
  expect(await cleanUp(request, fixture.root, fail)).toBe(1234);
  expect(await cleanUp({ ...request, keepIntermediates: false }, fixture.root, fail)).toBe(0);
  expect(readdirSync(`${fixture.root}/jobs/job-0007`)).toEqual(['logs']);
});
