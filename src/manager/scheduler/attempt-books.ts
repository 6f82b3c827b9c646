import type { AttemptRef } from '../../protocol/ids.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import type { Attempt, Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** What every end of an attempt has in common: books, acknowledgement, job log. */

/** Takes the attempt out of every book but its task's. Its slot is free again. */
export function detach(ctx: Context, worker: WorkerRecord, attempt: Attempt): Job | undefined {
  worker.remove(attempt);
  const job = ctx.jobs.get(attempt.ref.job_id);
  job?.attempts.delete(attempt);
  return job;
}

/** The task that still waits for this very attempt; undefined when nobody does. */
export function waitingTask(job: Job | undefined, attempt: Attempt): Task | undefined {
  if (!job?.isRunning) return undefined;
  const task = job.task(attempt.ref.stage, attempt.ref.task_index);
  return task?.isCurrent(attempt.ref) === true ? task : undefined;
}

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

/** One row of the job's log of attempts. */
export function logRow(
  ctx: Context,
  attempt: Attempt,
  end: {
    outcome: 'finished' | 'failed' | 'lost' | 'unfit' | 'returned';
    bytesOut: number;
    detail: string;
  },
): void {
  const startedMs = attempt.startedAtMs ?? attempt.dispatchedAtMs;
  ctx.emit({
    type: 'log_attempt',
    row: {
      attempt: attempt.ref,
      workerId: attempt.workerId,
      startedAtMs: startedMs,
      durationMs: Math.round(ctx.nowMs - startedMs),
      bytesIn: attempt.bytesRead,
      ...end,
    },
  });
}
