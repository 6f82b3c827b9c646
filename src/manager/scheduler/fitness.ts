import type { Failed } from '../../protocol/worker-messages.ts';
import type { Context } from './context.ts';
import { watchWorker } from './deadlines.ts';
import type { Job } from './job.ts';
import { tryAgain } from './retries.ts';
import { failJob } from './stages.ts';
import { type Attempt, nameOf, type Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** Which Workers are trusted with what: avoid-lists, pauses, and programs that are not there. */

/** A Worker with so many failures in a job is avoided for it while another live one is not. */
const FAILURES_BEFORE_AVOIDING = 3;
/** So many unfit outcomes in a row, over all jobs, pause a Worker. */
const UNFIT_BEFORE_PAUSE = 3;
const PAUSE_MS = 60_000;

export function blameWorker(ctx: Context, worker: WorkerRecord, job: Job): void {
  const failures = (worker.failuresByJob.get(job.id) ?? 0) + 1;
  worker.failuresByJob.set(job.id, failures);
  worker.failed += 1;
  worker.unfitInARow = 0;
  if (failures === FAILURES_BEFORE_AVOIDING) {
    ctx.someAreAvoided = true;
    ctx.strandedDue = true;
    ctx.log('warn', `${worker.id} is avoided for ${job.name}: ${String(failures)} failures`);
  }
}

export function noteUnfit(ctx: Context, worker: WorkerRecord, reason: string): void {
  worker.unfitInARow += 1;
  if (worker.unfitInARow < UNFIT_BEFORE_PAUSE) return;
  worker.unfitInARow = 0;
  worker.pausedUntilMs = ctx.nowMs + PAUSE_MS;
  ctx.strandedDue = true;
  watchWorker(ctx, worker);
  worker.pauseReason = reason;
  ctx.log('warn', `${worker.id} is paused for ${String(PAUSE_MS / 1000)} s: ${reason}`);
}

/** What made Workers unfit may have passed, as a full disk has: they need not sit out their time. */
export function endPauses(ctx: Context): void {
  for (const worker of ctx.workers.values()) {
    if (worker.pausedUntilMs > ctx.nowMs) worker.pausedUntilMs = ctx.nowMs;
  }
}

/** The program is not to be had on this Worker: it gets no more of this job, uncharged. */
export function refuseJobOn(
  ctx: Context,
  worker: WorkerRecord,
  { job, task, attempt }: { job: Job; task: Task; attempt: Attempt },
  message: Failed,
): void {
  tryAgain(ctx, job, task, attempt);
  job.attemptCounts[task.stage].unfit += 1;
  if (!worker.cannotStart.has(job.id)) {
    worker.cannotStart.add(job.id);
    ctx.reviewDue = true;
    ctx.strandedDue = true;
    const cause = message.cause.text;
    ctx.log('warn', `${worker.id} gets no more of ${job.name}: ${cause}`);
    ctx.tell(job, { kind: 'attempt_unfit', attempt: nameOf(attempt), worker_id: worker.id, cause });
  }
  failIfNobodyCanStart(ctx, job, message.cause.text);
}

/** When every live Worker says that the program is not there, waiting would be for ever. */
function failIfNobodyCanStart(ctx: Context, job: Job, cause: string): void {
  if (!nobodyCanStart(ctx, job)) return;
  const count = liveWorkers(ctx).length;
  const where = count === 1 ? 'the only Worker' : `each of ${String(count)} Workers`;
  failJob(ctx, job, `${cause} (on ${where})`);
}

/** Whether there are live Workers, and none of them has the job's program. */
export function nobodyCanStart(ctx: Context, job: Job): boolean {
  let someAreLive = false;
  for (const worker of ctx.workers.values()) {
    if (worker.ready?.problem !== null) continue;
    if (!worker.cannotStart.has(job.id)) return false;
    someAreLive = true;
  }
  return someAreLive;
}

function liveWorkers(ctx: Context): readonly WorkerRecord[] {
  return [...ctx.workers.values()].filter((worker) => worker.ready?.problem === null);
}

/** Whether this Worker failed the job so often that others go first. */
export function isAvoided(worker: WorkerRecord, job: Job): boolean {
  return (worker.failuresByJob.get(job.id) ?? 0) >= FAILURES_BEFORE_AVOIDING;
}
