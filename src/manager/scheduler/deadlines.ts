import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { nextJudgementMs } from './liveness.ts';
import type { WorkerRecord } from './worker.ts';

/** The earliest moment at which a `tick` may change something; undefined for never. */
export function deadlinesOf(ctx: Context): number | undefined {
  const next = Math.min(
    ctx.workerAgenda.nextMs ?? Number.POSITIVE_INFINITY,
    ctx.jobAgenda.nextMs ?? Number.POSITIVE_INFINITY,
    ctx.stopping?.deadlineMs ?? Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(next) ? next : undefined;
}

/** To be called whenever a Worker's deadlines may have come nearer. */
export function watchWorker(ctx: Context, worker: WorkerRecord): void {
  ctx.workerAgenda.noLaterThan(worker, ofWorker(ctx, worker));
}

/** To be called whenever a job's deadlines may have come nearer. */
export function watchJob(ctx: Context, job: Job): void {
  ctx.jobAgenda.noLaterThan(job, ofJob(ctx, job));
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

/** Snapshots, the end of waiting for attempts, looks for overdue ones, back-off, and sweeping. */
function ofJob(ctx: Context, job: Job): number {
  if (job.hasEnded) return job.expired ? Number.POSITIVE_INFINITY : nextSweepMs(ctx, job);
  let next = job.watchers.size === 0 ? Number.POSITIVE_INFINITY : job.nextProgressMs;
  const { phase } = job;
  if ('deadlineMs' in phase) next = Math.min(next, phase.deadlineMs ?? Number.POSITIVE_INFINITY);
  if (phase.phase !== 'running') return next;
  // One that is past was looked at, or is about to be at the end of this step.
  if (job.started.nextLookMs > ctx.nowMs) next = Math.min(next, job.started.nextLookMs);
  const { pendingMaps, pendingReduces } = job;
  return Math.min(
    next,
    pendingMaps.nextResumeMs(ctx.nowMs),
    pendingReduces.nextResumeMs(ctx.nowMs),
  );
}

/** When `sweep` has something to do for an ended job. */
function nextSweepMs(ctx: Context, job: Job): number {
  const expiryMs = job.endedAtMonoMs + ctx.options.keepJobsMs;
  return job.keptBytes > 0 ? Math.min(expiryMs, job.nextCleanUpMs) : expiryMs;
}
