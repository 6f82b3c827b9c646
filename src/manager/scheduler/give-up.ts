import type { FailureReport } from '../../protocol/job-report.ts';
import type { Failed } from '../../protocol/worker-messages.ts';
import { callOff } from './attempt-books.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { advance, stopJob } from './stages.ts';
import { type Attempt, nameOf, type Task } from './task.ts';

/** A task has failed for good: so does its job, with `--keep-going` once all other maps have ended. */
export function giveUp(
  ctx: Context,
  job: Job,
  { task, attempt }: { readonly task: Task; readonly attempt: Attempt },
  failure: FailureReport,
): void {
  if (job.spec.keep_going === true && task.stage === 'map') {
    const rival = task.rivalOf(attempt);
    if (rival) callOff(ctx, job, rival, `${task.name} has failed`);
    task.move({ state: 'given_up' });
    const ref = { job_id: job.id, stage: task.stage, task_index: task.index };
    ctx.emit({ type: 'append', record: { type: 'task_given_up', task: ref, failure } });
    job.mapsGivenUp += 1;
    job.pendingFailure ??= failure;
    return advance(ctx, job);
  }
  task.release(attempt);
  stopJob(ctx, job, { outcome: 'failed', failure });
}

/** What the job's report says of the attempt that ended it. */
export function failureOf(task: Task, attempt: Attempt, message: Failed): FailureReport {
  return {
    attempt: nameOf(attempt),
    worker_id: attempt.workerId,
    input: message.input,
    cause: message.cause.text,
    exit_code: message.cause.exit_code,
    signal: message.cause.signal,
    mend: message.cause.mend ?? null,
    command: message.command,
    role: message.role,
    reproduce: message.reproduce,
    stderr_tail: message.stderr_tail,
    charged_attempts: task.charged,
  };
}
