import { mkdirSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../runtime/assert.ts';
import { Arena } from '../../shuffle/arena.ts';
import { RunMemory } from '../../shuffle/run-memory.ts';
import { FifoPool } from '../../runtime/launch/fifos.ts';
import { type GuardLine, guardLine } from '../program/guard-line.ts';
import { GUARD_VARIABLE } from '../program/environment.ts';
import { patientGuardLine } from '../program/patient-guard-line.ts';
import { openStarter } from '../../runtime/launch/open-starter.ts';
import { systemTimer } from '../program/system-timer.ts';
import { runAttempt } from './run-attempt.ts';
import { SharedGroups } from './shared-groups.ts';
import type { SlotContext } from './slot-context.ts';
import type { SlotAnswer, SlotRequest, SlotThreadData } from './slot-messages.ts';
import type { TaskOrderMessage } from './task-result.ts';

/**
 * The thread of one slot. It lives as long as the Worker and runs one attempt after another, with
 * synchronous file calls where they are simplest: nobody else waits for this thread.
 */

/** Programs yield to the Worker and to what else runs on the machine. */
const NICENESS = 5;
const READ_BUFFER_BYTES = 256 * 1024;

assert(parentPort !== null, 'a slot runs in a thread of its own');
const port = parentPort;
const data = workerData as SlotThreadData;
// On Linux this is the niceness of this thread alone, and what it starts inherits it.
setPriority(NICENESS);

mkdirSync(data.directory, { recursive: true, mode: 0o700 });
const fifos = new FifoPool(data.fifoDirectory);
const groups = new SharedGroups(data.groups);
const starter = await openStarter({
  path: process.env['PATH'] ?? '',
  fifos,
  marks: { [GUARD_VARIABLE]: data.guardNonce },
  launchers: groups.launchers,
});
const context: SlotContext = {
  directory: data.directory,
  workerId: data.workerId,
  sortBufferBytes: data.sortBufferBytes,
  arena: new Arena(),
  runMemory: new RunMemory(),
  readBuffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
  host: {
    fifos,
    starter,
    guard: bothOf(groups, patientGuardLine(guardLine(data.guardDescriptor))),
    timer: systemTimer,
  },
  guardNonce: data.guardNonce,
  // A copy: the original asks the system for each variable.
  environment: { ...process.env },
};
const timing = { nowMs: () => performance.now(), sleep: (delayMs: number) => sleep(delayMs) };

/** What runs now; at most one attempt does. */
let running: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;

port.on('message', (request: SlotRequest) => {
  switch (request.type) {
    case 'run':
      run(request.order);
      break;
    case 'kill':
      running?.abort.abort();
      break;
    case 'close':
      void close();
      break;
    default:
      request satisfies never;
  }
});

function run(order: TaskOrderMessage): void {
  assert(running === undefined, 'a slot runs one attempt at a time');
  const abort = new AbortController();
  const answer = (event: SlotAnswer): void => {
    // Free before the main thread hears of the end and sends the next.
    if (event.type === 'ended') running = undefined;
    port.postMessage(event);
  };
  const ended = runAttempt(order, { context, signal: abort.signal, timing, onEvent: answer });
  running = { abort, ended };
}

async function close(): Promise<void> {
  running?.abort.abort();
  await running?.ended;
  starter.close();
  fifos.close();
  rmSync(data.directory, { recursive: true, force: true });
  port.close();
}

function bothOf(...lines: readonly GuardLine[]): GuardLine {
  return {
    add(groupId) {
      for (const line of lines) line.add(groupId);
    },
    remove(groupId) {
      for (const line of lines) line.remove(groupId);
    },
  };
}
