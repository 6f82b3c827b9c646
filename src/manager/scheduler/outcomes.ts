import { attemptKey } from '../../protocol/ids.ts';
import { JOB_DEFAULTS } from '../../protocol/job-spec.ts';
import type { Failed } from '../../protocol/worker-messages.ts';
import { detach, recordEnd, recordUnwanted, settle, stale, waitingTask } from './attempt-books.ts';
import { beginSearch, isSearchDue, selectionFailed } from './bad-records.ts';
import type { Context } from './context.ts';
import { blameWorker, noteUnfit, refuseJobOn } from './fitness.ts';
import { failureOf, giveUp } from './give-up.ts';
import type { Job } from './job.ts';
import { suspectRun } from './lost-runs.ts';
import { errorLine, ERRORS_KEPT } from './read-past.ts';
import { backOff, tryAgain } from './retries.ts';
import { cleanWhenQuiet, failJob } from './stages.ts';
import { failedPiece, noteFailedInput } from './task-inputs.ts';
import { type Attempt, nameOf, type Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * What the end of an attempt means: failed (charged), lost or unfit (not charged),
 * returned. An attempt ends once; whatever comes later is stale and only settled.
 */

export function attemptFailed(ctx: Context, worker: WorkerRecord, message: Failed): void {
  const attempt = worker.attempt(message);
  settle(ctx, worker, message, 'discard');
  if (!attempt) return stale(ctx, worker, `failed ${attemptKey(message)}`);
  const job = detach(ctx, worker, attempt);
  const task = waitingTask(job, attempt);
  if (!job || !task) return endUnwanted(ctx, job, attempt);
  if (message.outcome === 'failed' && (attempt.lines ?? message.lines) !== undefined) {
    worker.unfitInARow = 0;
    return selectionFailed(ctx, { job, task, attempt }, message);
  }
  const { outcome, cause } = message;
  const input = outcome === 'failed' ? failedPiece(job, attempt, message) : undefined;
  recordEnd(ctx, job, attempt, { outcome, detail: cause.text, ...(input && { input }) });
  switch (message.outcome) {
    case 'failed':
      return charge(ctx, worker, { job, task, attempt }, message);
    case 'input_changed':
      task.release(attempt);
      return failJob(ctx, job, message.cause.text);
    case 'cannot_start':
      return refuseJobOn(ctx, worker, { job, task, attempt }, message);
    case 'unfit':
      if (message.bad_run) suspectRun(ctx, job, worker, message.bad_run);
      else noteUnfit(ctx, worker, message.cause.text);
      return backOff(ctx, job, task, attempt, message.cause.text);
    default:
      message.outcome satisfies never;
  }
}

/** Its job is over, or another attempt of its task was first: how it ended does not matter. */
function endUnwanted(ctx: Context, job: Job | undefined, attempt: Attempt): void {
  if (!job) return;
  recordUnwanted(ctx, job, attempt);
  cleanWhenQuiet(ctx, job);
}

/** The program failed: one of `max_attempts` tries is used up. */
function charge(
  ctx: Context,
  worker: WorkerRecord,
  { job, task, attempt }: { job: Job; task: Task; attempt: Attempt },
  message: Failed,
): void {
  task.charged += 1;
  task.noteTriedOn(worker.id);
  job.attemptCounts[task.stage].failed += 1;
  job.lastFailed = attempt.ref;
  noteFailedInput(job, attempt, failedPiece(job, attempt, message));
  blameWorker(ctx, worker, job);
  const text = message.cause.text;
  job.lastErrors.push(errorLine({ attempt: attempt.ref, workerId: worker.id, detail: text }));
  if (job.lastErrors.length > ERRORS_KEPT) job.lastErrors.shift();
  ctx.log('warn', `${job.name}/${nameOf(attempt)} failed on ${worker.id}: ${text}`);
  ctx.tell(job, {
    kind: 'attempt_failed',
    attempt: nameOf(attempt),
    worker_id: worker.id,
    cause: text,
    charged: task.charged,
    max_attempts: job.maxAttempts,
  });
  if (isSearchDue(job, task)) beginSearch(ctx, job, task);
  if (mayGoOn(job, task)) return tryAgain(ctx, job, task, attempt);
  giveUp(ctx, job, { task, attempt }, failureOf(task, attempt, message));
}

/** Attempts that look for bad records are not counted. */
function mayGoOn(job: Job, task: Task): boolean {
  return task.search !== undefined || task.charged < job.maxAttempts;
}

/** A Worker gave an attempt back, or says that it never had it. */
export function attemptReturned(ctx: Context, worker: WorkerRecord, attempt: Attempt): void {
  const job = detach(ctx, worker, attempt);
  const task = waitingTask(job, attempt);
  if (!job || !task) return endUnwanted(ctx, job, attempt);
  recordEnd(ctx, job, attempt, { outcome: 'returned', detail: '' });
  tryAgain(ctx, job, task, attempt);
}

/** Its Worker is gone, and `announced` says whether it said goodbye. */
export function attemptLost(
  ctx: Context,
  worker: WorkerRecord,
  attempt: Attempt,
  loss: { readonly reason: string; readonly announced: boolean },
): void {
  const job = detach(ctx, worker, attempt);
  const task = waitingTask(job, attempt);
  if (!job || !task) return endUnwanted(ctx, job, attempt);
  // Whoever shuts a cluster down takes no blame for what ran.
  if (attempt.startedAtMs === undefined || ctx.stopping) {
    const why = ctx.stopping ? 'stopped' : 'never tried';
    recordEnd(ctx, job, attempt, { outcome: 'returned', detail: `${why}: ${loss.reason}` });
    return tryAgain(ctx, job, task, attempt);
  }
  task.lost += 1;
  job.attemptCounts[task.stage].lost += 1;
  if (!loss.announced) {
    task.lostWithoutGoodbye += 1;
    if (attempt.alone) task.lostAlone += 1;
  }
  const announced = loss.announced ? ({ announced: true } as const) : {};
  recordEnd(ctx, job, attempt, { outcome: 'lost', detail: loss.reason, ...announced });
  ctx.tell(job, {
    kind: 'attempt_lost',
    attempt: nameOf(attempt),
    worker_id: worker.id,
    cause: loss.reason,
  });
  tryAgain(ctx, job, task, attempt);
  failIfLostTooOften(ctx, job, task);
}

/** A restarted Manager may find a task that cannot be tried again. */
export function failIfSpent(ctx: Context, job: Job, task: Task): void {
  if (mayGoOn(job, task) || task.state.state !== 'pending') {
    return failIfLostTooOften(ctx, job, task);
  }
  const error = job.lastErrors.findLast((line) => line.startsWith(task.name)) ?? 'unknown cause';
  failJob(ctx, job, `${task.name} failed ${String(task.charged)} times: ${error}`);
}

function failIfLostTooOften(ctx: Context, job: Job, task: Task): void {
  if (task.lostAlone >= job.maxWorkersLost) {
    const times = `${String(task.lostAlone)} Workers died while running ${task.name} alone`;
    failJob(ctx, job, `${times}: it probably takes them down (--max-workers-lost)`);
  } else if (task.lost >= JOB_DEFAULTS.maxLostAttempts) {
    failJob(ctx, job, `${task.name} was lost with its Worker ${String(task.lost)} times`);
  }
}
