import { afterEach, expect, test, vi } from 'vitest';
import { type Lifecycle, type StopSignal, startLifecycle } from '../../src/runtime/lifecycle.ts';
import { silentLog } from '../../src/runtime/log.ts';

let lifecycle: Lifecycle | undefined;
afterEach(() => {
  lifecycle?.dispose();
  vi.restoreAllMocks();
});

function setUp(options: { releaseTimeoutMs?: number } = {}) {
  const done: string[] = [];
  const signals: [StopSignal, number][] = [];
  const ended = new Promise<number>((resolve) => {
    lifecycle = startLifecycle({
      name: 'the Manager',
      log: {
        ...silentLog,
        error: (message) => done.push(message),
        warn: (message) => done.push(message),
        close: () => {
          done.push('log closed');
          return Promise.resolve();
        },
      },
      onSignal: (signal, count) => signals.push([signal, count]),
      exitProcess: resolve,
      ...options,
    });
  });
  if (!lifecycle) throw new Error('not started');
  return { life: lifecycle, done, signals, ended };
}

test('what was added last is released first, and the log closes at the end', async () => {
  const { life, done, ended } = setUp();
  life.atExit('lock', () => void done.push('lock'));
  life.atExit('listener', async () => {
    await Promise.resolve();
    done.push('listener');
  });
  await life.exit(0);
  expect(await ended).toBe(0);
  expect(done).toEqual(['listener', 'lock', 'log closed']);
});

test('a release that fails is logged and does not stop the others', async () => {
  const { life, done, ended } = setUp();
  life.atExit('lock', () => void done.push('lock'));
  life.atExit('listener', () => {
    throw new Error('busy');
  });
  await life.exit(3);
  expect(await ended).toBe(3);
  expect(done).toEqual(['Cannot release listener: busy', 'lock', 'log closed']);
});

test('a release that hangs does not keep the process', async () => {
  const { life, ended } = setUp({ releaseTimeoutMs: 1 });
  life.atExit('listener', () => new Promise(() => undefined));
  void life.exit(0);
  expect(await ended).toBe(0);
});

test('the first exit code holds, but a bug beats it', async () => {
  const { life, ended, done } = setUp();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  void life.exit(0);
  void life.exit(5);
  life.bug(new Error('impossible'));
  expect(await ended).toBe(70);
  expect(done).toContain('Internal error: impossible');
});

test('the first signal goes to the shell, the second ends the process at once', async () => {
  const { signals, ended, done } = setUp();
  process.emit('SIGTERM');
  expect(signals).toEqual([['SIGTERM', 1]]);
  process.emit('SIGINT');
  expect(await ended).toBe(130);
  expect(done).toEqual(['Leaving at once: SIGINT again', 'log closed']);
});
