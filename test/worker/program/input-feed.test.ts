import { closeSync, openSync, read as readCallback } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FifoPool } from '../../../src/runtime/launch/fifos.ts';
import { InputFeed } from '../../../src/worker/program/input-feed.ts';
import { TaskClock } from '../../../src/worker/program/task-clock.ts';
import { freshDirectory } from '../../runtime/programs/fresh-directory.ts';
import { ManualTimer } from './manual-timer.ts';
import { bytesOf } from './programs.ts';

const readFrom = promisify(readCallback);

const LOOK_EVERY_MS = 200;

it('a program that reads one large piece little by little is seen reading, and when it does not', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { own, paths, release } = await new FifoPool(join(freshDirectory(), 'fifos'), 1).take();
  const stdin = openSync(paths.stdin, 'r');
  release();
  for (const unused of [own.stdout, own.stderr]) closeSync(unused);
  const timer = new ManualTimer();
  const expired = vi.fn<() => void>();
  const clock = new TaskClock({ timeoutMs: 60_000, timer, onExpired: expired });
  const piece = Buffer.alloc(500_000, 'line\n');
  const touched = vi.spyOn(clock, 'touch');
  const feed = new InputFeed(own.stdin, bytesOf(piece), clock);
  const looksTouch = (): boolean => {
    const before = touched.mock.calls.length;
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    return touched.mock.calls.length > before;
  };

  const page = Buffer.alloc(4096);
  let read = 0;
  // The pipe holds the last 64 KiB; from there on nothing is left to be written.
  while (read < piece.length - 70_000) {
    read += (await readFrom(stdin, page, 0, page.length, null)).bytesRead;
    await vi.waitUntil(looksTouch, { interval: 1 });
    timer.advance(40_000);
  }
  expect(expired).not.toHaveBeenCalled();
  expect(looksTouch()).toBe(false);
  timer.advance(60_000);
  expect(expired).toHaveBeenCalled();

  while (read < piece.length) read += (await readFrom(stdin, page, 0, page.length, null)).bytesRead;
  await feed.done;
  feed.close();
  closeSync(stdin);
});
