import { noteBegun } from './attempt-books.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { wallTime } from './job-times.ts';
import { commonPart, ownPart } from './task-order.ts';
import type { Attempt, Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** Enters a new attempt into all books, sends it to its Worker, and has it recorded. */
export function sendAttempt(
  ctx: Context,
  job: Job,
  task: Task,
  worker: WorkerRecord,
  attempt: Attempt,
): void {
  worker.add(attempt);
  job.attempts.add(attempt);
  job.attemptCounts[task.stage].attempts += 1;
  if (attempt.ahead) job.ahead.push(attempt);
  else noteBegun(ctx, job, attempt);
  const common = commonPart(ctx, job, task.stage);
  attempt.orderNumber = ctx.orderTask(worker, ownPart(job, task, attempt), common);
  ctx.emit({
    type: 'append',
    record: {
      type: 'attempt_dispatched',
      attempt: attempt.ref,
      workerId: worker.id,
      nonce: worker.nonce,
      atMs: wallTime(job, ctx.nowMs),
      ...(attempt.backupOf !== undefined && { backupOf: attempt.backupOf }),
    },
  });
}
