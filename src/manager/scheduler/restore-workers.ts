import { attemptKey } from '../../protocol/ids.ts';
import type { AttemptListing } from '../../protocol/worker-messages.ts';
import type { Context } from './context.ts';
import { watchWorker } from './deadlines.ts';
import type { Job } from './job.ts';
import { wallTime } from './job-times.ts';
import { GHOST_GRACE_INTERVALS, RECONNECT_INTERVALS } from './liveness.ts';
import { attemptOf } from './restore-job.ts';
import { tryAgain } from './retries.ts';
import type { Attempt, Task } from './task.ts';
import { WorkerRecord } from './worker.ts';

/**
 * Workers that an earlier Manager gave attempts to stand in the books like ones whose connection has
 * just closed, until they register or the grace is over: their attempts are held for them, nothing
 * is handed out twice that may be running.
 */
export function addGhosts(ctx: Context): void {
  for (const job of ctx.jobs.values()) {
    for (const task of [...job.maps, ...job.reduces]) {
      const { state } = task;
      if (state.state !== 'active') continue;
      haunt(ctx, job, task, state.attempt);
      if (state.rival) haunt(ctx, job, task, state.rival);
    }
  }
}

function haunt(ctx: Context, job: Job, task: Task, attempt: Attempt): void {
  const ghost = ctx.workers.get(attempt.workerId) ?? newGhost(ctx, attempt);
  // Of two processes of one name one is dead.
  if (ghost.nonce !== attempt.nonce) return tryAgain(ctx, job, task, attempt);
  ghost.slots += 1;
  ghost.add(attempt);
  job.attempts.add(attempt);
  if (attempt.backupOf !== undefined) job.started.backups += 1;
}

function newGhost(ctx: Context, { workerId, nonce }: Attempt): WorkerRecord {
  const ghost = new WorkerRecord({ worker_id: workerId, nonce, slots: 0, received: 0 }, undefined, {
    address: 'unknown: not heard of since the Manager was restarted',
    order: ctx.nextWorkerOrder,
    nowMs: ctx.nowMs,
    onChange: ctx.workerChanged,
  });
  ghost.isGhost = true;
  const extra = GHOST_GRACE_INTERVALS - RECONNECT_INTERVALS;
  ghost.connectionLostAtMs = ctx.nowMs + extra * ctx.options.heartbeatIntervalMs;
  ctx.nextWorkerOrder += 1;
  ctx.workers.set(workerId, ghost);
  watchWorker(ctx, ghost);
  return ghost;
}

/** The process that a ghost stood for is here: what was held for it is its own again. */
export function replaceGhost(
  ctx: Context,
  ghost: WorkerRecord,
  worker: WorkerRecord,
  listed: readonly AttemptListing[],
): void {
  const states = new Map(listed.map((listing) => [attemptKey(listing), listing.state]));
  const attempts = [...ghost.attempts];
  const queued = attempts.filter(([key]) => states.get(key) === 'queued');
  // Those with a slot first: then it shows which of the others have to wait for one.
  const others = attempts.filter((attempt) => !queued.includes(attempt));
  for (const [key, attempt] of [...others, ...queued]) {
    const state = states.get(key);
    attempt.ahead = state === 'queued' && worker.freeSlots + worker.toBeReported.size <= 0;
    if (state === 'finished') worker.toBeReported.add(attempt);
    if (attempt.ahead) ctx.jobs.get(attempt.ref.job_id)?.ahead.push(attempt);
    worker.add(attempt);
  }
}

/**
 * An attempt that its Worker has and of which the journal lost the last lines: it is as good as any
 * other if its task waits and it is the latest of it.
 * @returns whether it is taken
 */
export function adoptUnknown(ctx: Context, worker: WorkerRecord, listing: AttemptListing): boolean {
  const job = ctx.jobs.get(listing.job_id);
  const task = job?.task(listing.stage, listing.task_index);
  // Of this epoch all is known: what is not is not wanted.
  if (!job || !task || listing.attempt >= ctx.firstAttempt) return false;
  if (!isWanting(job, task, listing) || task.runsAlone || worker.isTakenAlone) return false;
  if (job.attempts.size >= job.maxRunning || worker.freeSlots <= -worker.slots) return false;
  job.queueOf(task.stage).take(task);
  const { id: workerId, nonce } = worker;
  const atMs = wallTime(job, ctx.nowMs);
  const attempt = attemptOf(job, task, { attempt: listing.attempt, workerId, nonce, atMs });
  attempt.ahead = worker.freeSlots <= 0;
  task.noteAttempt(listing.attempt);
  task.move({ state: 'active', attempt, rival: undefined });
  worker.add(attempt);
  job.attempts.add(attempt);
  job.attemptCounts[task.stage].attempts += 1;
  if (attempt.ahead) job.ahead.push(attempt);
  ctx.log('info', `${worker.id} has ${attemptKey(listing)}, which goes on`);
  ctx.emit({
    type: 'append',
    record: {
      type: 'attempt_dispatched',
      attempt: attempt.ref,
      workerId,
      nonce,
      atMs,
    },
  });
  return true;
}

function isWanting(job: Job, task: Task, { stage, attempt }: AttemptListing): boolean {
  if (!job.isRunning || task.state.state !== 'pending') return false;
  if (stage === 'reduce' && !job.allMapsCommitted) return false;
  return attempt > (task.lastAttempt ?? 0);
}
