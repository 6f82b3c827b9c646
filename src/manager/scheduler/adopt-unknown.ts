import { attemptKey } from '../../protocol/ids.ts';
import type { AttemptListing } from '../../protocol/worker-messages.ts';
import { workerOf } from './attempt-books.ts';
import { badRecordsLimit } from './bad-records-report.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { wallTime } from './job-times.ts';
import { attemptReturned } from './outcomes.ts';
import { attemptOf } from './restore-job.ts';
import type { Attempt, Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * An attempt that its Worker has and of which the journal lost the last lines: it is as good as any
 * other if it is the latest of its task.
 * @returns the attempt if it is taken
 */
export function adoptUnknown(
  ctx: Context,
  worker: WorkerRecord,
  listing: AttemptListing,
): Attempt | undefined {
  const job = ctx.jobs.get(listing.job_id);
  const task = job?.task(listing.stage, listing.task_index);
  if (!job || !task || !isWanting(ctx, job, task, listing)) return undefined;
  if (worker.isTakenAlone) return undefined;
  const isOver = listing.state === 'finished';
  const present = worker.attempts.size - worker.toBeReported.size;
  if (!isOver && present >= 2 * worker.slots) return undefined;
  const ahead = listing.state === 'queued' && present >= worker.slots;
  const mayBeOneMore = isOver || hasRoom(ctx, job);
  const way = makeWay(ctx, { job, task, worker }, { ahead, mayBeOneMore });
  if (!way) return undefined;
  const { id: workerId, nonce } = worker;
  const sent = { workerId, nonce, ...way, atMs: wallTime(job, ctx.nowMs) };
  const attempt = attemptOf(job, task, { ...sent, attempt: listing.attempt });
  attempt.ahead = ahead;
  begin(job, task, attempt);
  worker.add(attempt);
  if (isOver) worker.toBeReported.add(attempt);
  ctx.log('info', `${worker.id} has ${attemptKey(listing)}, which goes on`);
  ctx.emit({
    type: 'append',
    record: { type: 'attempt_dispatched', attempt: attempt.ref, ...sent },
  });
  return attempt;
}

function isWanting(
  { firstAttempt }: Context,
  job: Job,
  task: Task,
  { stage, attempt }: AttemptListing,
): boolean {
  // Of this epoch all is known: what is not is not wanted.
  if (!job.isRunning || task.runsAlone || attempt >= firstAttempt) return false;
  if (stage === 'reduce' && !job.allMapsCommitted) return false;
  // It may leave out lines of which nobody knows any more.
  if (stage === 'map' && badRecordsLimit(job) > 0) return false;
  return attempt > (task.lastAttempt ?? 0);
}

/** Of the attempts that may run at once, those that have ended and are still to be reported are none. */
function hasRoom(ctx: Context, job: Job): boolean {
  const { attempts, maxRunning } = job;
  if (attempts.size < maxRunning) return true;
  const isOver = (attempt: Attempt): boolean =>
    workerOf(ctx, attempt)?.toBeReported.has(attempt) === true;
  return [...attempts].filter((attempt) => !isOver(attempt)).length < maxRunning;
}

/**
 * The task waits for nobody, or for an earlier attempt. That may have ended in what the journal
 * lost, or the unknown one was begun beside it as its backup: where there may be two they are taken
 * for that. Where there may not, an earlier one goes that its own Worker has not spoken of yet.
 * @returns what the unknown attempt is begun as; undefined: there is no place for it
 */
function makeWay(
  ctx: Context,
  { job, task, worker }: { job: Job; task: Task; worker: WorkerRecord },
  { ahead, mayBeOneMore }: { ahead: boolean; mayBeOneMore: boolean },
): { readonly backupOf?: number } | undefined {
  const { state } = task;
  if (state.state === 'pending') {
    if (!mayBeOneMore) return undefined;
    job.queueOf(task.stage).take(task);
    return {};
  }
  // What waits for a slot has not been begun: to call it off costs nothing.
  const earlier = ahead ? undefined : onlyAttemptOf(task);
  if (!earlier || earlier.workerId === worker.id) return undefined;
  if (mayBeOneMore && job.spec.backup !== false) return { backupOf: earlier.ref.attempt };
  const holder = workerOf(ctx, earlier);
  if (holder?.isGhost !== true) return undefined;
  attemptReturned(ctx, holder, earlier);
  job.queueOf(task.stage).take(task);
  return {};
}

/** What may have another beside it: what takes Workers down, or looks for bad records, may not. */
function onlyAttemptOf({ state, search }: Task): Attempt | undefined {
  if (state.state !== 'active' || state.rival || search) return undefined;
  return state.attempt.alone ? undefined : state.attempt;
}

function begin(job: Job, task: Task, attempt: Attempt): void {
  const { state } = task;
  task.noteAttempt(attempt.ref.attempt);
  if (state.state === 'active') task.move({ ...state, rival: attempt });
  else task.move({ state: 'active', attempt, rival: undefined });
  job.attempts.add(attempt);
  const counts = job.attemptCounts[task.stage];
  counts.attempts += 1;
  if (attempt.backupOf !== undefined) {
    counts.backups += 1;
    job.started.backups += 1;
  }
  if (attempt.ahead) job.ahead.push(attempt);
}
