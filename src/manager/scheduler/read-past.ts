import { attemptName } from '../../protocol/ids.ts';
import { LOSSES_BEFORE_ALONE } from './task.ts';
import { emptyPast, type JobPast, jobPast, type Past, type TaskPast, taskPast } from './past.ts';
import type {
  AttemptDispatchedRecord,
  AttemptEndedRecord,
  JobEndedRecord,
  JobNotedRecord,
  JournalRecord,
  TaskCommittedRecord,
} from './records.ts';

/** Reads the records of a journal in their order. What they say of jobs that are gone is passed over. */
export function readPast(records: Iterable<JournalRecord>): Past {
  const past = emptyPast();
  for (const record of records) read(past, record);
  return past;
}

function read(past: Past, record: JournalRecord): void {
  switch (record.type) {
    case 'numbers':
      past.nextJobId = record.nextJobId;
      past.firstJobId = record.firstJobId;
      return;
    case 'job_accepted':
      past.jobs.set(record.jobId, jobPast(record));
      past.nextJobId = Math.max(past.nextJobId, record.jobId + 1);
      return;
    case 'job_removed':
      past.jobs.delete(record.jobId);
      return;
    default: {
      const job = past.jobs.get(jobIdOf(record));
      if (!job || job.ended) return;
      if (record.type === 'job_ended') past.jobs.set(record.jobId, over(job, record));
      else readOfJob(job, record);
    }
  }
}

type RecordOfJob = Exclude<JournalRecord, { type: 'numbers' | 'job_accepted' | 'job_removed' }>;

function jobIdOf(record: RecordOfJob): number {
  if ('jobId' in record) return record.jobId;
  return 'task' in record ? record.task.job_id : record.attempt.job_id;
}

/** Of an ended job no more is kept than its end and how it was asked for. */
function over(job: JobPast, { report, rest }: JobEndedRecord): JobPast {
  const { maps: _, ...accepted } = job.accepted;
  const past = jobPast(accepted);
  past.ended = { report, rest };
  return past;
}

function readOfJob(job: JobPast, record: Exclude<RecordOfJob, JobEndedRecord>): void {
  switch (record.type) {
    case 'attempt_dispatched':
      return dispatched(job, record);
    case 'attempt_ended':
      return ended(job, record);
    case 'task_committed':
      return committed(job, record);
    case 'task_given_up': {
      const task = taskPast(job, record.task);
      task.givenUp = true;
      task.open = [];
      job.pendingFailure ??= record.failure;
      return;
    }
    case 'map_voided': {
      const task = taskPast(job, record.attempt);
      if (task.commit?.attempt.attempt === record.attempt.attempt) task.commit = undefined;
      return;
    }
    case 'job_stopping':
      job.ending = record.ending;
      return callOff(job);
    case 'publishing':
      job.publishing = { device: record.device, inode: record.inode, parts: record.parts };
      return callOff(job);
    case 'published':
      job.published = true;
      return;
    case 'job_noted':
      return noted(job, record);
    default:
      record satisfies never;
  }
}

function dispatched(job: JobPast, record: AttemptDispatchedRecord): void {
  const { type: _type, attempt, ...open } = record;
  const task = taskPast(job, attempt);
  const counts = job.attemptCounts[attempt.stage];
  const times = job.stageTimes[attempt.stage];
  task.lastAttempt = Math.max(task.lastAttempt, attempt.attempt);
  task.open = [...task.open, { ...open, attempt: attempt.attempt }];
  counts.attempts += 1;
  if (open.backupOf !== undefined) counts.backups += 1;
  times.fromMs ??= open.atMs;
}

function committed(job: JobPast, { type: _type, atMs, ...commit }: TaskCommittedRecord): void {
  const task = taskPast(job, commit.attempt);
  task.lastAttempt = Math.max(task.lastAttempt, commit.attempt.attempt);
  task.commit = commit;
  task.open = [];
  const times = job.stageTimes[commit.attempt.stage];
  times.toMs = Math.max(times.toMs, atMs);
}

function ended(job: JobPast, record: AttemptEndedRecord): void {
  const { attempt, workerId, outcome } = record;
  const task = taskPast(job, attempt);
  task.lastAttempt = Math.max(task.lastAttempt, attempt.attempt);
  task.open = task.open.filter((open) => open.attempt !== attempt.attempt);
  const counts = job.attemptCounts[attempt.stage];
  switch (outcome) {
    case 'failed':
      task.charged += 1;
      task.triedOn.add(workerId);
      counts.failed += 1;
      job.lastFailed = attempt;
      job.lastErrors = [...job.lastErrors, errorLine(record)].slice(-ERRORS_KEPT);
      if (record.input) job.failedInputs.set(attemptName(attempt), record.input);
      return;
    case 'lost':
      counts.lost += 1;
      return lost(task, record.announced === true);
    case 'unfit':
      task.unfit += 1;
      task.triedOn.add(workerId);
      counts.unfit += 1;
      return;
    case 'cannot_start':
      counts.unfit += 1;
      return;
    case 'probed':
      job.probes += 1;
      if (record.isolated) task.found = [...task.found, record.isolated];
      return;
    case 'returned':
    case 'input_changed':
      return;
    default:
      outcome satisfies never;
  }
}

function lost(task: TaskPast, announced: boolean): void {
  task.lost += 1;
  if (announced) return;
  if (task.lostWithoutGoodbye >= LOSSES_BEFORE_ALONE) task.lostAlone += 1;
  task.lostWithoutGoodbye += 1;
}

/** What `mapreduce status` shows of a failed attempt. */
export function errorLine({
  attempt,
  workerId,
  detail,
}: Pick<AttemptEndedRecord, 'attempt' | 'workerId' | 'detail'>): string {
  return `${attemptName(attempt)} on ${workerId}: ${detail}`;
}

export const ERRORS_KEPT = 20;

/** Nobody waits for its attempts any more. */
function callOff(job: JobPast): void {
  for (const task of job.tasks.values()) task.open = [];
}

function noted(job: JobPast, record: JobNotedRecord): void {
  const { map, reduce } = record.attemptCounts;
  job.attemptCounts = { map: { ...map }, reduce: { ...reduce } };
  job.stageTimes = { map: { ...record.stageTimes.map }, reduce: { ...record.stageTimes.reduce } };
  job.lastErrors = [...record.lastErrors];
  job.lastFailed = record.lastFailed;
  job.probes = record.probes;
  for (const [attempt, input] of record.failedInputs) job.failedInputs.set(attempt, input);
  for (const { task: ref, triedOn, ...counts } of record.tasks) {
    const task = Object.assign(taskPast(job, ref), counts);
    for (const workerId of triedOn) task.triedOn.add(workerId);
  }
}
