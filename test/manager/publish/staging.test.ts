import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { makeStaging } from '../../../src/manager/publish/staging.ts';
import type { OutputPlace } from '../../../src/manager/scheduler/plan.ts';
import { GROUP_MODES, PRIVATE_MODES } from '../../../src/manager/store/modes.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';

const directory = useTemporaryDirectory();
beforeEach(() => mkdirSync(`${directory()}/shared/jobs`, { recursive: true }));

function command(place: Partial<OutputPlace> = {}) {
  return {
    type: 'make_staging',
    jobId: 7,
    spec: {
      input_directory: 'data',
      output_directory: 'out',
      mapper_executable: 'cat',
      num_reducers: 0,
    },
    plan: {
      inputFiles: 0,
      inputBytes: 0,
      maps: [],
      reduces: 0,
      output: { directory: `${directory()}/out`, mode: 'rename' },
      files: [],
      summary: {
        input_files: 0,
        input_bytes: 0,
        maps: 0,
        reduces: 0,
        split_bytes: 1,
        output_directory: `${directory()}/out`,
        reasons: [],
        warnings: [],
        commands: [],
        sample: null,
      },
    },
    place: {
      directory: `${directory()}/out`,
      stagingDirectory: `${directory()}/.out.job-0007`,
      mode: 'rename',
      ...place,
    },
  } as const;
}

test.each([
  ['the user alone', PRIVATE_MODES, 0o700],
  ['the group too', GROUP_MODES, 0o2770],
])('an accepted job gets its directories, for %s', async (_who, modes, mode) => {
  await makeStaging(command(), `${directory()}/shared`, modes);
  const job = `${directory()}/shared/jobs/job-0007`;
  for (const path of [job, `${job}/map`, `${job}/logs`, `${directory()}/.out.job-0007/attempts`]) {
    expect(statSync(path).mode & 0o7777).toBe(mode);
  }
  expect(JSON.parse(readFileSync(`${job}/job.json`, 'utf8'))).toMatchObject({
    schema_version: 1,
    job_id: 7,
    spec: { mapper_executable: 'cat' },
    plan: { maps: [] },
  });
});

test('a staging directory that is there already refuses the job and is left alone', async () => {
  const staging = `${directory()}/.my out.job-0007`;
  mkdirSync(staging);
  writeFileSync(`${staging}/precious`, '');
  const place = { directory: `${directory()}/my out`, stagingDirectory: staging };
  const made = makeStaging(command(place), `${directory()}/shared`, PRIVATE_MODES);
  await expect(made).rejects.toThrow(
    `Cannot write to "${directory()}/my out": "${staging}" is there already, left by another Manager. If that one is gone, remove it: rm -r '${staging}'`,
  );
  expect(readdirSync(staging)).toEqual(['precious']);
  expect(readdirSync(`${directory()}/shared/jobs`)).toEqual([]);
});

test('a place that cannot take it is refused, and nothing of the job stays', async () => {
  const place = { directory: '/proc/out', stagingDirectory: '/proc/.out.job-0007' };
  const made = makeStaging(command(place), `${directory()}/shared`, PRIVATE_MODES);
  await expect(made).rejects.toThrow(/^Cannot write to "\/proc\/out": .*, as user .* on /);
  expect(readdirSync(`${directory()}/shared/jobs`)).toEqual([]);
});
