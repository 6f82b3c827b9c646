import { expect, test } from 'vitest';
import { MANAGER_DEFAULTS, readManagerOptions } from '../../src/manager/options.ts';

test('without flags the defaults hold', async () => {
  expect(await readManagerOptions([])).toMatchObject(MANAGER_DEFAULTS);
});

test('every flag is read', async () => {
  const argv =
    '--host localhost --port 0 --shared_dir /s --shared-group --insecure-no-secret --log-file l --loglevel DEBUG --heartbeat-interval 200ms --keep-failed 2h --keep-jobs 5 --keep-days 2';
  expect(await readManagerOptions(argv.split(' '))).toEqual({
    host: 'localhost',
    port: 0,
    sharedDirectory: '/s',
    sharedGroup: true,
    insecureNoSecret: true,
    logFile: 'l',
    logLevel: 'debug',
    heartbeatIntervalMs: 200,
    keepFailedMs: 7_200_000,
    keepJobs: 5,
    keepJobsMs: 172_800_000,
  });
});

test('an unknown flag names the nearest', async () => {
  await expect(readManagerOptions(['--shard-dir', 'x'])).rejects.toMatchObject({
    message: 'Unknown option "--shard-dir". Did you mean --shared-dir?',
    exitCode: 2,
  });
});
