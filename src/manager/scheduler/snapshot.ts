import { TASK_STAGES } from '../../protocol/ids.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import type { JobPhase } from './job-phase.ts';
import { wallTime } from './job-times.ts';
import {
  type JobPast,
  jobPast,
  type OpenAttempt,
  type Past,
  type TaskPast,
  taskPast,
} from './past.ts';
import { type JobNotedRecord, type JournalRecord, type TaskNote, taskCounts } from './records.ts';
import type { Attempt, Task } from './task.ts';

/** What of the present outlives this Manager: all that is durable, and nothing else. */
export function pastOf(ctx: Context): Past {
  const past: Past = {
    nextJobId: ctx.nextJobId,
    firstJobId: ctx.firstJobId,
    jobs: new Map(),
  };
  for (const job of ctx.jobs.values()) {
    if (job.phase.phase !== 'preparing') past.jobs.set(job.id, pastOfJob(job));
  }
  return past;
}

function pastOfJob(job: Job): JobPast {
  const { id: jobId, spec, plan, place, submittedAtMs, phase } = job;
  const past = jobPast({ type: 'job_accepted', jobId, spec, plan, place, submittedAtMs });
  if (phase.phase === 'ended') {
    past.ended = { report: phase.report, rest: job.rest };
    return past;
  }
  for (const stage of TASK_STAGES) {
    const { fromMs, toMs } = job.stageTimes[stage];
    past.attemptCounts[stage] = { ...job.attemptCounts[stage] };
    past.stageTimes[stage] = {
      fromMs: fromMs === undefined ? null : wallTime(job, fromMs),
      toMs: toMs === 0 ? 0 : wallTime(job, toMs),
    };
  }
  past.lastErrors = [...job.lastErrors];
  past.lastFailed = job.lastFailed ?? null;
  for (const [attempt, input] of job.failedInputs) past.failedInputs.set(attempt, input);
  past.probes = job.probes;
  past.pendingFailure = job.pendingFailure;
  past.publishing = job.publishing;
  noteEnding(past, phase);
  for (const task of [...job.maps, ...job.reduces]) pastOfTask(job, past, task);
  return past;
}

function noteEnding(past: JobPast, phase: JobPhase): void {
  if (phase.phase === 'stopping') past.ending = phase.ending;
  if (phase.phase === 'cleaning') past.ending = phase.ending ?? undefined;
  const isClean = phase.phase === 'cleaning' && phase.ending === null;
  past.published = isClean || phase.phase === 'published';
}

function pastOfTask(job: Job, past: JobPast, task: Task): void {
  if (task.lastAttempt === undefined) return;
  const { state } = task;
  const known = taskPast(past, { job_id: job.id, stage: task.stage, task_index: task.index });
  known.lastAttempt = task.lastAttempt;
  Object.assign(known, taskCounts(task));
  for (const workerId of task.triedOn) known.triedOn.add(workerId);
  known.found = [...(task.search?.found ?? [])];
  known.givenUp = state.state === 'given_up';
  known.commit = state.state === 'committed' ? state.commit : undefined;
  if (job.isRunning && (state.state === 'active' || state.state === 'committing')) {
    const { attempt, rival } = state;
    known.open = (rival ? [attempt, rival] : [attempt]).map((each) => openAttempt(job, each));
  }
}

function openAttempt(job: Job, attempt: Attempt): OpenAttempt {
  const { ref, workerId, nonce, backupOf, dispatchedAtMs } = attempt;
  const atMs = wallTime(job, dispatchedAtMs);
  const role = backupOf === undefined ? {} : { backupOf };
  return { attempt: ref.attempt, workerId, nonce, ...role, atMs };
}

/** About how many {@link recordsOf} gives for the present. */
export function countRecords(ctx: Context): number {
  let count = 1;
  for (const job of ctx.jobs.values()) {
    count += 2;
    if (!job.hasEnded) count += job.mapsCommitted + job.reducesCommitted + job.attempts.size;
  }
  return count;
}

/** The fewest records from which {@link readPast} reads the same again. */
export function recordsOf(past: Past): readonly JournalRecord[] {
  const { nextJobId, firstJobId } = past;
  const records: JournalRecord[] = [{ type: 'numbers', nextJobId, firstJobId }];
  for (const job of past.jobs.values()) recordsOfJob(job, records);
  return records;
}

function recordsOfJob(job: JobPast, records: JournalRecord[]): void {
  const { accepted, ended, ending, publishing } = job;
  const { jobId } = accepted;
  records.push(accepted);
  if (ended) {
    records.push({ type: 'job_ended', jobId, ...ended });
    return;
  }
  for (const task of job.tasks.values()) recordsOfTask(job, task, records);
  records.push(notesOf(job));
  if (publishing) records.push({ type: 'publishing', jobId, ...publishing });
  if (job.published) records.push({ type: 'published', jobId });
  if (ending) records.push({ type: 'job_stopping', jobId, ending });
}

function recordsOfTask(job: JobPast, task: TaskPast, records: JournalRecord[]): void {
  const { ref, commit } = task;
  if (commit) {
    const atMs = job.stageTimes[ref.stage].toMs;
    records.push({ type: 'task_committed', ...commit, atMs });
  }
  for (const open of task.open) {
    const { attempt, ...rest } = open;
    records.push({ type: 'attempt_dispatched', attempt: { ...ref, attempt }, ...rest });
  }
  if (task.givenUp && job.pendingFailure) {
    records.push({ type: 'task_given_up', task: ref, failure: job.pendingFailure });
  }
}

/** After what it sums up, so that nothing is counted twice. */
function notesOf(job: JobPast): JobNotedRecord {
  const { attemptCounts, stageTimes, lastErrors, lastFailed, probes } = job;
  return {
    type: 'job_noted',
    jobId: job.accepted.jobId,
    attemptCounts,
    stageTimes,
    lastErrors,
    lastFailed,
    failedInputs: [...job.failedInputs],
    probes,
    tasks: [...job.tasks.values()].filter(isNoteworthy).map(noteOf),
  };
}

/** Of most tasks their commit, or the attempt under way, says all. */
function isNoteworthy(task: TaskPast): boolean {
  const numbers = task.open.map(({ attempt }) => attempt);
  const last = Math.max(...numbers, task.commit?.attempt.attempt ?? 0);
  return task.lastAttempt !== last || costOf(task) > 0;
}

function costOf({ charged, lost, unfit, triedOn, found }: TaskPast): number {
  return charged + lost + unfit + triedOn.size + found.length;
}

function noteOf(task: TaskPast): TaskNote {
  return {
    task: task.ref,
    lastAttempt: task.lastAttempt,
    ...taskCounts(task),
    triedOn: [...task.triedOn],
    found: task.found,
  };
}
