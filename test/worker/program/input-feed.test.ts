import { closeSync, constants, openSync, read as readCallback, readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FifoPool } from '../../../src/runtime/launch/fifos.ts';
import { type ByteSource, InputFeed } from '../../../src/worker/program/input-feed.ts';
import { Pace } from '../../../src/worker/program/pace.ts';
import { TaskClock } from '../../../src/worker/program/task-clock.ts';
import { freshDirectory } from '../../runtime/programs/fresh-directory.ts';
import { ManualTimer } from './manual-timer.ts';
import { bytesOf } from './programs.ts';

const readFrom = promisify(readCallback);

const LOOK_EVERY_MS = 200;
const PIPE_BYTES = 65_536;

it('a program that reads one large piece little by little is seen reading, and when it does not', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { descriptor, stdin } = await openPipe();
  const timer = new ManualTimer();
  const expired = vi.fn<() => void>();
  const clock = new TaskClock({ timeoutMs: 60_000, timer, onExpired: expired });
  const piece = Buffer.alloc(500_000, 'line\n');
  const touched = vi.spyOn(clock, 'touch');
  const feed = new InputFeed(descriptor, bytesOf(piece), clock, new Pace());
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

it('a program that reads page by page gets all, and nobody rests meanwhile', async () => {
  const { descriptor, stdin } = await openPipe(constants.O_RDONLY | constants.O_NONBLOCK);
  const input = Buffer.alloc(4_000_000, 'some line\n');
  const got: Buffer[] = [];
  const take = (bytes: number): number => {
    const buffer = Buffer.alloc(bytes);
    const read = readNow(stdin, buffer);
    got.push(buffer.subarray(0, read));
    return read;
  };
  const rest = vi.fn<() => void>();
  const clock = new TaskClock({ timeoutMs: 0, timer: new ManualTimer(), onExpired: vi.fn() });
  let nowMs = 0;
  const pace = new Pace({ rest, nowMs: () => (nowMs += 0.3) });
  const feed = new InputFeed(descriptor, piecesOf(input, PIPE_BYTES), clock, pace);
  const state = { isFed: false };
  void feed.done.then(() => (state.isFed = true));
  for (; !state.isFed; await nextTurn()) take(4096);
  feed.close();
  while (take(PIPE_BYTES) > 0);
  closeSync(stdin);
  expect(Buffer.concat(got).equals(input)).toBe(true);
  expect(rest).not.toHaveBeenCalled();
});

/** Our end of a program's stdin, and the program's. */
async function openPipe(
  flags: number = constants.O_RDONLY,
): Promise<{ readonly descriptor: number; readonly stdin: number }> {
  const { own, paths, release } = await new FifoPool(join(freshDirectory(), 'fifos'), 1).take();
  const stdin = openSync(paths.stdin, flags);
  release();
  for (const unused of [own.stdout, own.stderr]) closeSync(unused);
  return { descriptor: own.stdin, stdin };
}

function piecesOf(bytes: Buffer, pieceBytes: number): ByteSource {
  let at = 0;
  return () => {
    if (at >= bytes.length) return undefined;
    at += pieceBytes;
    return bytes.subarray(at - pieceBytes, at);
  };
}

/** 0 when there is nothing to read. */
function readNow(descriptor: number, buffer: Buffer): number {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    expect(error).toMatchObject({ code: 'EAGAIN' });
    return 0;
  }
}
