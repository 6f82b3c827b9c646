import type { ReadInput } from '../../protocol/client-messages.ts';
import type { FailureReport } from '../../protocol/job-report.ts';
import { rulesOf } from '../../protocol/job-spec.ts';
import type { ReduceSource } from '../../protocol/manager-replies.ts';
import type { Failed } from '../../protocol/worker-messages.ts';
import { answer, refuse } from './clients.ts';
import type { Context } from './context.ts';
import type { ConnectionId } from './events.ts';
import { findTask, type NamedTask } from './find-task.ts';
import type { Job } from './job.ts';
import { jobFor } from './queries.ts';
import { directoryOf } from './stages.ts';
import { type Attempt, nameOf } from './task.ts';

/** Where the bytes are that the program of a task reads, for clients that want to read them again. */

/** Failed attempts of a job whose piece is remembered. */
const FAILED_INPUTS_MAX = 100;

/**
 * `read_input`. Of a map the shell reads it from the plan in the job's directory, since the plan of
 * an ended job is not in memory; of a reduce all is known here.
 */
export function readInput(ctx: Context, client: ConnectionId, message: ReadInput): void {
  const job = jobFor(ctx, client, message);
  if (!job) return;
  const task = findTask(job, message.task);
  if (typeof task === 'string') return refuse(ctx, client, 'no_such_job', task);
  if (task.stage === 'map') return readMapInput(ctx, client, job, task);
  const source = reduceSource(ctx, job, task);
  if (typeof source === 'string') return refuse(ctx, client, 'refused', source);
  answer(ctx, client, { message_type: 'task_input', job: job.name, task: task.name, source });
}

/**
 * Which of its several pieces a mapper was reading when it failed. A combiner reads what mappers made
 * of all of them.
 */
export function failedPiece(
  job: Job,
  attempt: Attempt,
  { input, role }: Failed,
): FailureReport['input'] {
  const pieces = job.mapInputs.piecesOf(attempt.ref.task_index);
  const isOne = pieces >= 2 && role !== 'combiner' && job.spec.one_process !== true;
  return isOne ? input : null;
}

/** Remembers a {@link failedPiece}, for who asks what that attempt read. */
export function noteFailedInput(job: Job, attempt: Attempt, input: FailureReport['input']): void {
  if (input === null) return;
  const { failedInputs } = job;
  failedInputs.set(nameOf(attempt), input);
  const [oldest] = failedInputs.keys();
  if (failedInputs.size > FAILED_INPUTS_MAX && oldest !== undefined) failedInputs.delete(oldest);
}

function readMapInput(ctx: Context, client: ConnectionId, job: Job, task: NamedTask): void {
  // Before that its file may not be written.
  if (job.phase.phase === 'preparing') {
    return refuse(ctx, client, 'refused', `${job.name} is still being prepared: ask again`);
  }
  const failedAt = job.failedInputs.get(task.name) ?? reportedInput(job, task) ?? null;
  ctx.emit({
    type: 'read_plan',
    client,
    jobId: job.id,
    taskIndex: task.task_index,
    answer: {
      job: job.name,
      task: task.name,
      source: { kind: 'map', rules: rulesOf(job.spec), failed_at: failedAt },
    },
  });
}

/** What the report says of this attempt: with `keep_going` many may have failed since. */
function reportedInput(job: Job, task: NamedTask): FailureReport['input'] | undefined {
  const failure = job.phase.phase === 'ended' ? job.phase.report.failure : null;
  if (failure?.attempt !== task.name || failure.role === 'combiner') return undefined;
  return job.spec.one_process === true ? undefined : failure.input;
}

function reduceSource(ctx: Context, job: Job, task: NamedTask): ReduceSource | string {
  const { manifestPath } = job;
  const gone = whyGone(job);
  if (gone !== undefined) return `The map output of ${job.name} is gone: ${gone}`;
  if (manifestPath === undefined) {
    const done = `${String(job.mapsCommitted)} of ${String(job.taskCount('map'))} maps are done`;
    return job.hasEnded
      ? `${task.name} of ${job.name} has no input: the job ended when ${done}`
      : `${task.name} of ${job.name} has no input yet: ${done}`;
  }
  return {
    kind: 'reduce',
    job_directory: directoryOf(ctx, job),
    manifest_path: manifestPath,
    task_index: task.task_index,
    reduces: job.taskCount('reduce'),
    rules: rulesOf(job.spec),
  };
}

/** Why no run of the job is there any more, if that is so. */
function whyGone(job: Job): string | undefined {
  const { phase } = job;
  const succeeded =
    phase.phase === 'published' ||
    (phase.phase === 'cleaning' && phase.ending === null) ||
    (phase.phase === 'ended' && phase.report.outcome === 'succeeded');
  if (succeeded) return 'it is kept only of jobs that failed';
  const swept = phase.phase === 'ended' && job.keptBytes === 0;
  return swept ? 'it was kept for a while after its end (--keep-failed of the Manager)' : undefined;
}
