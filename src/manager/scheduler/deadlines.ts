import type { Context } from './context.ts';
import { nextSweepMs } from './housekeeping.ts';
import type { Job } from './job.ts';
import { nextJudgementMs } from './liveness.ts';
import { nextProgressMs } from './watching.ts';
import type { WorkerRecord } from './worker.ts';

/** The earliest moment at which a `tick` would change something; undefined for never. */
export function deadlinesOf(ctx: Context): number | undefined {
  let next = ctx.stopping?.deadlineMs ?? Number.POSITIVE_INFINITY;
  for (const worker of ctx.workers.values()) next = Math.min(next, ofWorker(ctx, worker));
  for (const job of ctx.jobs.values()) next = Math.min(next, ofJob(ctx, job));
  return Number.isFinite(next) ? next : undefined;
}

/** Its next judgement, acknowledgement, and the end of a pause. */
function ofWorker(ctx: Context, worker: WorkerRecord): number {
  let next = nextJudgementMs(worker, ctx.options.heartbeatIntervalMs);
  if (worker.acknowledgementDueMs !== undefined && worker.connection !== undefined) {
    next = Math.min(next, worker.acknowledgementDueMs);
  }
  if (worker.pausedUntilMs > ctx.nowMs) next = Math.min(next, worker.pausedUntilMs);
  return next;
}

/** Snapshots, the end of waiting for attempts, back-off of its first tasks, and sweeping. */
function ofJob(ctx: Context, job: Job): number {
  if (job.hasEnded) return job.expired ? Number.POSITIVE_INFINITY : nextSweepMs(ctx, job);
  let next = nextProgressMs(job) ?? Number.POSITIVE_INFINITY;
  const { phase } = job;
  if (phase.phase === 'stopping') next = Math.min(next, phase.deadlineMs);
  if (phase.phase !== 'running') return next;
  for (const task of job.pending) {
    // Tasks that were never tried come last, and wait for nothing but room.
    if (task.lastAttempt === undefined) break;
    if (task.notBeforeMs > ctx.nowMs) next = Math.min(next, task.notBeforeMs);
  }
  return next;
}
