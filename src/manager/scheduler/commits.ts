import { attemptDirectory, runPath } from '../../protocol/job-layout.ts';
import { attemptKey } from '../../protocol/ids.ts';
import { COUNTERS_MAX } from '../../protocol/limits.ts';
import type { Finished } from '../../protocol/worker-messages.ts';
import {
  callOff,
  detach,
  logRow,
  recordEnd,
  recordUnwanted,
  settle,
  stale,
  waitingTask,
  workerOf,
} from './attempt-books.ts';
import { probePassed } from './bad-records.ts';
import { addCounterNames, noteCommit } from './committed.ts';
import type { Context } from './context.ts';
import { noteUnfit } from './fitness.ts';
import type { Job } from './job.ts';
import { wallTime } from './job-times.ts';
import type { TaskCommittedRecord } from './records.ts';
import { backOff } from './retries.ts';
import { advance, cleanWhenQuiet, directoryOf, failJob } from './stages.ts';
import { type Attempt, type Commit, nameOf } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * Task commit: the first valid finisher wins. Its files are checked, the record written, and only
 * when that is durable does anybody act on it (spec/commit).
 */
export function attemptFinished(ctx: Context, worker: WorkerRecord, message: Finished): void {
  const attempt = worker.attempt(message);
  if (!attempt) return settleAgain(ctx, worker, message);
  const job = detach(ctx, worker, attempt);
  worker.unfitInARow = 0;
  worker.finished += 1;
  const task = waitingTask(job, attempt);
  if (!job || !task) {
    settle(ctx, worker, attempt.ref, 'discard');
    if (job) {
      recordUnwanted(ctx, job, attempt);
      cleanWhenQuiet(ctx, job);
    }
    return;
  }
  if (attempt.lines?.probe === true || message.lines !== undefined) {
    settle(ctx, worker, attempt.ref, 'discard');
    return probePassed(ctx, { job, task, attempt }, message);
  }
  const { statistics } = message;
  const commit = commitOf(attempt, worker, message);
  task.move({ state: 'committing', commit, attempt, rival: task.rivalOf(attempt) });
  const files = commit.outputs.map((file) => ({
    path: pathOf(ctx, job, attempt, file.name),
    bytes: file.bytes,
  }));
  ctx.emit({ type: 'check_outputs', attempt: attempt.ref, files });
  const bytes = { bytesIn: statistics.input_bytes, bytesOut: statistics.output_bytes };
  logRow(ctx, job, attempt, { outcome: 'finished', detail: '', ...bytes });
}

function commitOf(attempt: Attempt, worker: WorkerRecord, message: Finished): Commit {
  const { outputs, statistics, counters } = message;
  return { attempt: attempt.ref, workerId: worker.id, outputs, statistics, counters };
}

function pathOf(ctx: Context, job: Job, attempt: Attempt, name: string): string {
  const { ref } = attempt;
  if (name === 'run') return runPath(directoryOf(ctx, job), ref.task_index, ref.attempt);
  return `${attemptDirectory(job.place.stagingDirectory, ref)}/${name}`;
}

/** "Reported twice": the first report decided; say so again. */
function settleAgain(ctx: Context, worker: WorkerRecord, message: Finished): void {
  const { job_id, stage, task_index, attempt } = message;
  const state = ctx.jobs.get(job_id)?.task(stage, task_index)?.state;
  const current = state?.state === 'committing' || state?.state === 'committed';
  const same = current && state.commit.attempt.attempt === attempt;
  if (same && state.state === 'committing') return;
  const outcome = same ? 'committed' : 'discard';
  if (!same) stale(ctx, worker, `finished ${attemptKey(message)}`);
  settle(ctx, worker, message, outcome);
}

/** The Manager looked at the files of a finished attempt. */
export function outputsChecked(ctx: Context, ref: Attempt['ref'], problem: string | null): void {
  const job = ctx.jobs.get(ref.job_id);
  const task = job?.task(ref.stage, ref.task_index);
  const state = task?.state;
  if (!job || !task || state?.state !== 'committing') return;
  if (state.attempt.ref.attempt !== ref.attempt) return;
  const { commit, attempt } = state;
  if (problem === null) {
    const atMs = wallTime(job, ctx.nowMs);
    ctx.emit({ type: 'append', record: { type: 'task_committed', ...commit, atMs } });
    return;
  }
  const worker = workerOf(ctx, attempt);
  if (worker) settle(ctx, worker, attempt.ref, 'discard');
  recordEnd(ctx, job, attempt, { outcome: 'unfit', detail: problem });
  ctx.log('warn', `${job.name}/${nameOf(attempt)} left unusable output: ${problem}`);
  backOff(ctx, job, task, attempt, problem);
  if (worker) noteUnfit(ctx, worker, problem);
}

/** The commit point of a task is durable. */
export function taskCommitted(ctx: Context, record: TaskCommittedRecord): void {
  const job = ctx.jobs.get(record.attempt.job_id);
  const task = job?.task(record.attempt.stage, record.attempt.task_index);
  const state = task?.state;
  if (!job || !task || state?.state !== 'committing') return;
  const { commit, attempt, rival } = state;
  task.move(job.commits[task.stage].put(commit));
  if (rival) endRace(ctx, job, attempt, rival);
  const warning = noteCommit(job, task, commit);
  job.stageTimes[task.stage].toMs = ctx.nowMs;
  const worker = workerOf(ctx, attempt);
  if (worker) settle(ctx, worker, attempt.ref, 'committed');
  ctx.log('info', `${job.name}/${nameOf(attempt)} committed by ${record.workerId}`);
  if (warning !== undefined) {
    ctx.tell(job, { kind: 'warning', text: warning });
    ctx.log('warn', `${job.name}: ${warning}`);
  }
  const surplus = addCounterNames(job, commit);
  if (surplus === undefined) return advance(ctx, job);
  failJob(
    ctx,
    job,
    `more than ${String(COUNTERS_MAX)} counters: "${surplus}" of ${nameOf(attempt)} is one too many (a counter's name must not come from the data)`,
  );
}

/** The other attempt may end. Where it was the backup, the Worker of the first is not slow after all. */
function endRace(ctx: Context, job: Job, winner: Attempt, loser: Attempt): void {
  if (loser.backupOf !== undefined) job.started.slowWorkers.delete(winner.workerId);
  callOff(ctx, job, loser, `${nameOf(winner)} was first`);
}
