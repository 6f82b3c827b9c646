import { attemptKey } from '../../protocol/ids.ts';
import type { AttemptListing } from '../../protocol/worker-messages.ts';
import type { Context } from './context.ts';
import { watchWorker } from './deadlines.ts';
import type { Job } from './job.ts';
import { closedForGraceMs } from './liveness.ts';
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
  ghost.connectionLostAtMs = closedForGraceMs(ctx.nowMs, ctx.options.heartbeatIntervalMs);
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
  const stateOf = ({ ref }: Attempt): AttemptListing['state'] | undefined =>
    states.get(attemptKey(ref));
  const attempts = [...ghost.attempts];
  const queued = attempts.filter((attempt) => stateOf(attempt) === 'queued');
  // Those with a slot first: then it shows which of the others have to wait for one.
  const others = attempts.filter((attempt) => !queued.includes(attempt));
  for (const attempt of [...others, ...queued]) {
    const state = stateOf(attempt);
    attempt.ahead = state === 'queued' && worker.freeSlots + worker.toBeReported.size <= 0;
    if (state === 'finished') worker.toBeReported.add(attempt);
    if (attempt.ahead) ctx.jobs.get(attempt.ref.job_id)?.ahead.push(attempt);
    worker.add(attempt);
  }
}
