import { afterEach, expect, test, vi } from 'vitest';
import { readWorkerOptions, WORKER_DEFAULTS } from '../../src/worker/options.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('without flags the defaults hold', async () => {
  expect(await readWorkerOptions([])).toMatchObject({ ...WORKER_DEFAULTS, logLevel: 'info' });
});

test('every flag arrives in its unit', async () => {
  const argv =
    '--manager-host 10.0.0.1 --manager-port 7000 --host 127.0.0.2 --port 7001 --name w_1 --slots 3 ' +
    '--sort-buffer 64M --work-dir /scratch --orphan-timeout 10m --insecure-no-secret --log-file l --loglevel DEBUG';
  expect(await readWorkerOptions(argv.split(' '))).toEqual({
    managerHost: '10.0.0.1',
    managerPort: 7000,
    host: '127.0.0.2',
    port: 7001,
    name: 'w_1',
    slots: 3,
    sortBufferBytes: 64 * 1024 * 1024,
    workDirectory: '/scratch',
    orphanTimeoutMs: 600_000,
    insecureNoSecret: true,
    logFile: 'l',
    logLevel: 'debug',
  });
});

test('the environment names the Manager, and a flag is stronger', async () => {
  vi.stubEnv('MAPREDUCE_MANAGER_HOST', '10.1.1.1');
  vi.stubEnv('MAPREDUCE_MANAGER_PORT', '7070');
  const options = await readWorkerOptions(['--manager-port', '8080']);
  expect(options).toMatchObject({ managerHost: '10.1.1.1', managerPort: 8080 });
});

test('an orphan timeout of 0 is none', async () => {
  expect((await readWorkerOptions(['--orphan-timeout', '0']))?.orphanTimeoutMs).toBeUndefined();
});

test.each([
  ['--sort-buffer 4G', 'Cannot use "4G" for --sort-buffer: it must be 3G or less'],
  ['--sort-buffer 4G', 'wasm32'],
  ['--sort-buffer 1K', 'Cannot use "1K" for --sort-buffer: it must be 1M or more'],
  ['--slots 0', 'Cannot use "0" for --slots: it must be 1 or more'],
  ['--slots 20000', 'Cannot use 20000 slots: use 1 to 10000'],
  ['--name a/b', 'Cannot use "a/b" for --name'],
  ['--manager-port 0', 'Cannot use "0" for --manager-port'],
  ['--slot 3', 'Unknown option "--slot". Did you mean --slots?'],
])('%s is refused: %s', async (argv, message) => {
  await expect(readWorkerOptions(argv.split(' '))).rejects.toThrow(message);
});
