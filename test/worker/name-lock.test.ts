import { afterEach, expect, test } from 'vitest';
import { type NameLock, takeName } from '../../src/worker/name-lock.ts';

let locks: NameLock[] = [];

afterEach(async () => {
  await Promise.all(locks.map((lock) => lock.release()));
  locks = [];
});

/** A Manager of this test alone, so that Workers of this machine do not matter. */
const MANAGER = `test-${String(process.pid)}`;

async function take(name?: string, manager = MANAGER, tryForMs = 10_000): Promise<NameLock> {
  const lock = await takeName(name, manager, tryForMs);
  locks.push(lock);
  return lock;
}

test('names of one machine are numbered from 1, and a number that is free again is used again', async () => {
  const first = await take();
  expect(first.workerId).toMatch(/-1$/);
  expect((await take()).workerId).toMatch(/-2$/);
  await first.release();
  expect((await take()).workerId).toBe(first.workerId);
});

test('Workers of another Manager have names of their own', async () => {
  expect((await take('w')).workerId).toBe('w');
  expect((await take('w', `${MANAGER}-other`)).workerId).toBe('w');
});

test('a name that becomes free soon is waited for', async () => {
  const dying = await take('w');
  const next = take('w');
  await dying.release();
  expect((await next).workerId).toBe('w');
});

test('a name that stays taken is refused', async () => {
  await take('w');
  await expect(take('w', MANAGER, 0)).rejects.toThrow(
    'Cannot start Worker "w": another one of that name runs',
  );
});
