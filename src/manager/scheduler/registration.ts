import { attemptKey } from '../../protocol/ids.ts';
import type { AttemptListing, Register } from '../../protocol/worker-messages.ts';
import { PROTOCOL_VERSION } from '../../protocol/worker-messages.ts';
import { adoptUnknown } from './adopt-unknown.ts';
import { noteStarted, stale } from './attempt-books.ts';
import type { Context } from './context.ts';
import { watchWorker } from './deadlines.ts';
import type { ConnectionId } from './events.ts';
import { closedForGraceMs } from './liveness.ts';
import { attemptLost, attemptReturned } from './outcomes.ts';
import { replaceGhost } from './restore-workers.ts';
import type { Attempt } from './task.ts';
import { WorkerRecord } from './worker.ts';

/** How Workers come, come back, and go. */

export function register(
  ctx: Context,
  connection: ConnectionId,
  message: Register,
  address: string,
): void {
  if (message.protocol_version !== PROTOCOL_VERSION) {
    const versions = `the Manager speaks version ${String(PROTOCOL_VERSION)}, ${message.worker_id} version ${String(message.protocol_version)}`;
    const text = `Cannot register: no common protocol version: ${versions}`;
    ctx.log('warn', text);
    ctx.emit({ type: 'refuse_worker', connection, code: 'version_mismatch', message: text });
    return;
  }
  const holder = ctx.workerByConnection.get(connection);
  if (holder) return stale(ctx, holder, 'a second "register" on its connection');
  const known = ctx.workers.get(message.worker_id);
  const isSame = known?.nonce === message.nonce;
  const worker =
    isSame && !known.isGhost
      ? comeBack(ctx, known, connection)
      : arrive(ctx, connection, message, address);
  acknowledge(ctx, worker, connection);
  reconcile(ctx, worker, message.attempts);
  worker.toldToStop = false;
  watchWorker(ctx, worker);
}

/** A process that was not known: another one of the same name is dead. */
function arrive(
  ctx: Context,
  connection: ConnectionId,
  message: Register,
  address: string,
): WorkerRecord {
  const old = ctx.workers.get(message.worker_id);
  const isOurs = old?.nonce === message.nonce;
  if (old && !isOurs) loseWorker(ctx, old, 'another process registered under its name', false);
  const worker = new WorkerRecord(message, connection, {
    address,
    order: ctx.nextWorkerOrder,
    nowMs: ctx.nowMs,
    onChange: ctx.workerChanged,
  });
  ctx.nextWorkerOrder += 1;
  ctx.reviewDue = true;
  ctx.workers.set(worker.id, worker);
  ctx.workerByConnection.set(connection, worker);
  if (old && isOurs) replaceGhost(ctx, old, worker, message.attempts);
  ctx.log('info', `${worker.id} registered from ${address} with ${String(worker.slots)} slots`);
  return worker;
}

/** The same process on a new connection: nothing of it is lost. */
function comeBack(ctx: Context, worker: WorkerRecord, connection: ConnectionId): WorkerRecord {
  if (worker.connection !== undefined) {
    ctx.workerByConnection.delete(worker.connection);
    ctx.emit({
      type: 'close_worker',
      connection: worker.connection,
      reason: 'it came back on a new connection',
    });
  }
  worker.connection = connection;
  worker.lastSignOfLifeMs = ctx.nowMs;
  worker.registeredAtMs = ctx.nowMs;
  worker.unacknowledged = [];
  worker.behind = undefined;
  // It looks at the shared directory anew, and takes no tasks until it has.
  worker.ready = undefined;
  ctx.workerByConnection.set(connection, worker);
  ctx.log('info', `${worker.id} came back`);
  return worker;
}

function acknowledge(ctx: Context, worker: WorkerRecord, connection: ConnectionId): void {
  const { epoch, heartbeatIntervalMs, clusterId, sharedDirectory, token } = ctx.options;
  ctx.emit({
    type: 'send_worker',
    connection,
    order: {
      message_type: 'register_ack',
      protocol_version: PROTOCOL_VERSION,
      epoch,
      heartbeat_interval_ms: heartbeatIntervalMs,
      cluster_id: clusterId,
      shared_directory: sharedDirectory,
      token,
      received: worker.received,
      udp_confirmed: worker.udpConfirmed,
    },
    common: undefined,
  });
}

/** Brings both books together: what only we list is lost, what only the Worker lists is unwanted. */
function reconcile(ctx: Context, worker: WorkerRecord, listed: readonly AttemptListing[]): void {
  const has = new Set(listed.map((listing) => attemptKey(listing)));
  for (const attempt of worker.attempts) {
    // It may not have heard that it should give this back: who still wants to asks again.
    if (ctx.recalls.delete(attempt)) unrecall(ctx, attempt);
    if (!has.has(attemptKey(attempt.ref))) forget(ctx, worker, attempt);
    else if (attempt.cancelled) cancel(ctx, worker, attempt.ref);
  }
  for (const listing of listed) {
    const known = worker.attempt(listing);
    const wanted = known ?? adoptUnknown(ctx, worker, listing);
    if (wanted && listing.state === 'running') noteStarted(ctx, worker, wanted);
    if (!wanted && listing.state !== 'finished') cancel(ctx, worker, listing);
  }
}

function unrecall(ctx: Context, attempt: Attempt): void {
  attempt.recalled = false;
  if (attempt.ahead) ctx.jobs.get(attempt.ref.job_id)?.ahead.push(attempt);
}

function cancel(
  ctx: Context,
  worker: WorkerRecord,
  listing: AttemptListing | Attempt['ref'],
): void {
  const { job_id, stage, task_index, attempt } = listing;
  ctx.log('info', `${worker.id} has ${attemptKey(listing)}, which nobody waits for`);
  const reason = 'nobody waits for it';
  ctx.order(worker, { message_type: 'cancel_task', job_id, stage, task_index, attempt, reason });
}

/** The process lives but does not have the attempt: the order never came, or it gave it up. */
function forget(ctx: Context, worker: WorkerRecord, attempt: Attempt): void {
  ctx.log('info', `${worker.id} does not have ${attemptKey(attempt.ref)} any more`);
  if (attempt.cancelled) attemptReturned(ctx, worker, attempt);
  else attemptLost(ctx, worker, attempt, { reason: 'not in its list', announced: true });
}

/** Its connection is gone; it has one interval to come back, or more if we have missed some. */
export function workerClosed(ctx: Context, connection: ConnectionId, reason: string): void {
  const worker = ctx.workerByConnection.get(connection);
  ctx.workerByConnection.delete(connection);
  if (worker?.connection !== connection) return;
  const { nowMs, catchingUpUntilMs, options } = ctx;
  worker.connectionLostAtMs =
    nowMs < catchingUpUntilMs ? closedForGraceMs(nowMs, options.heartbeatIntervalMs) : nowMs;
  worker.connection = undefined;
  watchWorker(ctx, worker);
  if (ctx.stopping) return loseWorker(ctx, worker, 'it left', true);
  ctx.log('info', `Connection of ${worker.id} closed: ${reason}`);
}

/** Ends an incarnation: all it had is lost, with or without blame. */
export function loseWorker(
  ctx: Context,
  worker: WorkerRecord,
  reason: string,
  announced: boolean,
): void {
  ctx.workers.delete(worker.id);
  ctx.reviewDue = true;
  if (worker.connection !== undefined) {
    ctx.workerByConnection.delete(worker.connection);
    ctx.emit({ type: 'close_worker', connection: worker.connection, reason });
    worker.connection = undefined;
  }
  ctx.log(announced ? 'info' : 'warn', `${worker.id} is ${announced ? 'gone' : 'lost'}: ${reason}`);
  // Backwards, so that at the front of their queues they stand in the order they had.
  for (const attempt of [...worker.attempts].toReversed()) {
    attemptLost(ctx, worker, attempt, { reason, announced });
  }
}
