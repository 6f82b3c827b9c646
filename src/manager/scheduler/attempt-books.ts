import { attemptName, type AttemptRef } from '../../protocol/ids.ts';
import type { AttemptLogRow } from './commands.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import type { AttemptEndedRecord } from './records.ts';
import type { Attempt, Task } from './task.ts';
import { wallTime } from './job-times.ts';
import type { WorkerRecord } from './worker.ts';

/** What every end of an attempt has in common: books, acknowledgement, job log. */

/** Takes the attempt out of every book but its task's. Its slot is free again. */
export function detach(ctx: Context, worker: WorkerRecord, attempt: Attempt): Job | undefined {
  worker.remove(attempt);
  ctx.recalls.delete(attempt);
  const job = ctx.jobs.get(attempt.ref.job_id);
  if (job?.attempts.delete(attempt) === true) {
    job.started.remove(attempt);
    if (attempt.backupOf !== undefined) job.started.backups -= 1;
  }
  return job;
}

/** Asks its Worker to end an attempt, which nobody waits for any more. */
export function callOff(ctx: Context, job: Job, attempt: Attempt, reason: string): void {
  if (attempt.cancelled) return;
  attempt.cancelled = true;
  job.started.remove(attempt);
  const worker = workerOf(ctx, attempt);
  if (worker) ctx.order(worker, { message_type: 'cancel_task', ...attempt.ref, reason });
}

/** The task that still waits for this very attempt; undefined when nobody does. */
export function waitingTask(job: Job | undefined, attempt: Attempt): Task | undefined {
  if (!job?.isRunning) return undefined;
  const task = job.task(attempt.ref.stage, attempt.ref.task_index);
  return task?.isCurrent(attempt.ref) === true ? task : undefined;
}

/** Its program runs: it has a slot, and a recall came too late. */
export function noteStarted(ctx: Context, worker: WorkerRecord, attempt: Attempt): void {
  worker.giveSlot(attempt);
  attempt.recalled = false;
  ctx.recalls.delete(attempt);
  const isNews = attempt.startedAtMs === undefined;
  attempt.startedAtMs ??= ctx.nowMs;
  const job = ctx.jobs.get(attempt.ref.job_id);
  if (!job) return;
  noteBegun(ctx, job, attempt);
  if (isNews && !attempt.cancelled) job.started.add(attempt);
}

/** The first attempt of a stage that gets a slot begins it; one that waits ahead does not. */
export function noteBegun(ctx: Context, job: Job, attempt: Attempt): void {
  job.stageTimes[attempt.ref.stage].fromMs ??= ctx.nowMs;
}

/** The very process that an attempt was sent to, if it is still here. */
export function workerOf(ctx: Context, attempt: Attempt): WorkerRecord | undefined {
  const worker = ctx.workers.get(attempt.workerId);
  return worker?.nonce === attempt.nonce ? worker : undefined;
}

/** Counts and logs a message of the past; it changes nothing. */
export function stale(ctx: Context, worker: WorkerRecord, what: string): void {
  ctx.staleMessages += 1;
  ctx.log('info', `Ignored stale message from ${worker.id}: ${what}`);
}

/** Tells the Worker that its report was dealt with: it may forget the attempt. */
export function settle(
  ctx: Context,
  worker: WorkerRecord,
  { job_id, stage, task_index, attempt }: AttemptRef,
  outcome: 'committed' | 'discard',
): void {
  const { received } = worker;
  ctx.order(worker, {
    message_type: 'settled',
    job_id,
    stage,
    task_index,
    attempt,
    outcome,
    received,
  });
  worker.acknowledgementDueMs = undefined;
}

/** An attempt ended without a commit: for the journal and the job's log, unless the job is over. */
export function recordEnd(
  ctx: Context,
  job: Job,
  attempt: Attempt,
  end: Omit<AttemptEndedRecord, 'type' | 'attempt' | 'workerId'>,
): void {
  if (job.hasEnded) return;
  const { outcome, detail } = end;
  const { ref, workerId } = attempt;
  ctx.emit({
    type: 'append',
    record: { type: 'attempt_ended', attempt: ref, workerId, ...end },
  });
  const blamesNobody = outcome === 'cannot_start' || outcome === 'input_changed';
  const shown = blamesNobody ? 'unfit' : outcome;
  logRow(ctx, job, attempt, { outcome: shown, detail, bytesIn: attempt.bytesRead, bytesOut: 0 });
}

/** One row of the job's log of attempts. */
export function logRow(
  ctx: Context,
  job: Job,
  attempt: Attempt,
  end: Pick<AttemptLogRow, 'outcome' | 'bytesIn' | 'bytesOut' | 'detail'>,
): void {
  const startedMs = attempt.startedAtMs ?? attempt.dispatchedAtMs;
  const { backupOf } = attempt;
  const role =
    backupOf === undefined ? '' : `backup of ${attemptName({ ...attempt.ref, attempt: backupOf })}`;
  ctx.emit({
    type: 'log_attempt',
    row: {
      attempt: attempt.ref,
      workerId: attempt.workerId,
      startedAtMs: wallTime(job, startedMs),
      durationMs: Math.round(ctx.nowMs - startedMs),
      ...end,
      detail: [role, end.detail].filter((text) => text !== '').join(': '),
    },
  });
}

/** The end of an attempt that nobody waited for any more: another one of its task was first. */
export function recordUnwanted(ctx: Context, job: Job, attempt: Attempt): void {
  if (!job.isRunning) return;
  const task = job.task(attempt.ref.stage, attempt.ref.task_index);
  // While that other one is being committed the task knows this one still.
  if (task?.rivalOf(attempt)) task.release(attempt);
  recordEnd(ctx, job, attempt, { outcome: 'returned', detail: 'another attempt was first' });
}
