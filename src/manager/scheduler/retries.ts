import type { Context } from './context.ts';
import { watchJob } from './deadlines.ts';
import type { Job } from './job.ts';
import { type Attempt, nameOf, type Task } from './task.ts';

/** How a task waits for its next attempt. */

/** An attempt brought nothing: the task goes back to the front of its queue, unless another runs. */
export function tryAgain(ctx: Context, job: Job, task: Task, attempt: Attempt): void {
  if (!task.release(attempt)) job.queueOf(task.stage).pushFront(task, ctx.nowMs);
}

const BACK_OFF_FIRST_MS = 1000;
const BACK_OFF_MOST_MS = 30_000;

/** Unfit is nobody's fault: again, elsewhere where possible, after a growing pause. */
export function backOff(ctx: Context, job: Job, task: Task, attempt: Attempt, cause: string): void {
  const pauseMs = Math.min(BACK_OFF_MOST_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(task.unfit, 10));
  task.unfit += 1;
  task.notBeforeMs = ctx.nowMs + pauseMs;
  task.noteTriedOn(attempt.workerId);
  job.attemptCounts[task.stage].unfit += 1;
  tryAgain(ctx, job, task, attempt);
  watchJob(ctx, job);
  ctx.log('warn', `${job.name}/${nameOf(attempt)} unfit on ${attempt.workerId}: ${cause}`);
  ctx.tell(job, {
    kind: 'attempt_unfit',
    attempt: nameOf(attempt),
    worker_id: attempt.workerId,
    cause,
  });
}
