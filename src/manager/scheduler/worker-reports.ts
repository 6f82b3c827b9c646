import type {
  AttemptProgress,
  Heartbeat,
  Progress,
  Ready,
  Returned,
  Started,
  WorkerMessage,
} from '../../protocol/worker-messages.ts';
import { attemptKey } from '../../protocol/ids.ts';
import { noteStarted, stale } from './attempt-books.ts';
import { attemptFinished } from './commits.ts';
import type { Context } from './context.ts';
import { watchWorker } from './deadlines.ts';
import type { ConnectionId } from './events.ts';
import { attemptFailed, attemptReturned } from './outcomes.ts';
import { loseWorker, register } from './registration.ts';
import type { WorkerRecord } from './worker.ts';

/** Reads what registered Workers say; messages of another epoch or process change nothing. */
export function workerMessage(
  ctx: Context,
  connection: ConnectionId,
  message: WorkerMessage,
  address: string,
): void {
  if (message.message_type === 'register') return register(ctx, connection, message, address);
  const worker = ctx.workerByConnection.get(connection);
  if (!worker) {
    const text = `Cannot take "${message.message_type}" before "register"`;
    ctx.emit({ type: 'refuse_worker', connection, code: 'bad_message', message: text });
    return;
  }
  const known = worker.id === message.worker_id && worker.nonce === message.nonce;
  if (!known || message.epoch !== ctx.options.epoch) {
    return stale(ctx, worker, `${message.message_type} of another process or epoch`);
  }
  worker.lastSignOfLifeMs = ctx.nowMs;
  if (message.message_type === 'heartbeat') return beat(ctx, worker, message);
  noteReceived(ctx, worker, message.number);
  report(ctx, worker, message);
  watchWorker(ctx, worker);
}

type Report = Exclude<WorkerMessage, { message_type: 'register' | 'heartbeat' }>;

function report(ctx: Context, worker: WorkerRecord, message: Report): void {
  switch (message.message_type) {
    case 'ready':
      return ready(ctx, worker, message);
    case 'started':
      return started(ctx, worker, message);
    case 'progress':
      return progress(worker, message);
    case 'finished':
      return attemptFinished(ctx, worker, message);
    case 'failed':
      return attemptFailed(ctx, worker, message);
    case 'returned':
      return returned(ctx, worker, message);
    case 'goodbye':
      return loseWorker(ctx, worker, 'it said goodbye', true);
    default:
      message satisfies never;
  }
}

function noteReceived(ctx: Context, worker: WorkerRecord, number: number): void {
  worker.received = Math.max(worker.received, number);
  worker.acknowledgementDueMs ??= ctx.nowMs + ctx.options.heartbeatIntervalMs / 2;
  if (worker.behind && worker.behind.number <= worker.received) worker.behind = undefined;
}

/** `received` for what nothing else has acknowledged. */
export function acknowledgeDue(ctx: Context, worker: WorkerRecord): void {
  const due = worker.acknowledgementDueMs;
  if (due === undefined || due > ctx.nowMs) return;
  sendReceived(ctx, worker);
}

function sendReceived(ctx: Context, worker: WorkerRecord): void {
  worker.acknowledgementDueMs = undefined;
  const { received, udpConfirmed } = worker;
  ctx.order(worker, { message_type: 'received', received, udp_confirmed: udpConfirmed });
}

/** A heartbeat by UDP. Unknown senders are not told so: UDP is never answered. */
export function heartbeat(ctx: Context, message: Heartbeat): void {
  const worker = ctx.workers.get(message.worker_id);
  if (worker?.nonce !== message.nonce || message.epoch !== ctx.options.epoch) return;
  if (message.number <= worker.datagramNumber) return;
  worker.datagramNumber = message.number;
  worker.lastSignOfLifeMs = ctx.nowMs;
  beat(ctx, worker, message);
  if (worker.udpConfirmed) return;
  worker.udpConfirmed = true;
  ctx.log('info', `Heartbeats of ${worker.id} come by UDP`);
  sendReceived(ctx, worker);
}

function beat(ctx: Context, worker: WorkerRecord, message: Heartbeat): void {
  worker.lastBeatMs = ctx.nowMs;
  worker.acknowledge(message.received);
  if (message.sent > worker.received && message.unacknowledged_ms > 0) {
    const sinceMs = Math.max(ctx.nowMs - message.unacknowledged_ms, listeningSinceMs(ctx, worker));
    worker.behind ??= { number: message.sent, sinceMs };
  }
  watchWorker(ctx, worker);
}

/**
 * Since when its messages could have come: its connection is no older, and what waited for a
 * Manager that stood still has not been read yet. A heartbeat may speak of the time before.
 */
function listeningSinceMs(ctx: Context, worker: WorkerRecord): number {
  const awakeSinceMs = ctx.catchingUpUntilMs - ctx.options.heartbeatIntervalMs;
  return Math.max(worker.registeredAtMs, awakeSinceMs);
}

function ready(ctx: Context, worker: WorkerRecord, message: Ready): void {
  worker.ready = { problem: message.problem };
  ctx.reviewDue = true;
  if (worker.attempts.size > 0) ctx.strandedDue = true;
  if (message.problem !== null) ctx.log('warn', `${worker.id} takes no tasks: ${message.problem}`);
  else ctx.log('info', `${worker.id} is ready`);
}

function started(ctx: Context, worker: WorkerRecord, message: Started): void {
  const attempt = worker.attempt(message);
  if (!attempt) return stale(ctx, worker, `started ${attemptKey(message)}`);
  worker.acknowledge(attempt.orderNumber);
  noteStarted(ctx, worker, attempt);
  ctx.log('info', `${worker.id} started ${attemptKey(message)}`);
}

function progress(worker: WorkerRecord, message: Progress): void {
  for (const each of message.attempts) note(worker, each);
}

function note(worker: WorkerRecord, each: AttemptProgress): void {
  const attempt = worker.attempt(each);
  if (!attempt) return;
  attempt.bytesRead = each.bytes_read;
  attempt.status = each.status;
}

function returned(ctx: Context, worker: WorkerRecord, message: Returned): void {
  const attempt = worker.attempt(message);
  if (attempt) attemptReturned(ctx, worker, attempt);
}
