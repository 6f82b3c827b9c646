import { badRecordsReport } from './bad-record-schemas.ts';
import {
  attemptName,
  bytes,
  command,
  count,
  decimal,
  inputRange,
  jobId,
  jobName,
  largestGroups,
  milliseconds,
  path,
  sentence,
  sentences,
  stderrLines,
  taskName,
  workerId,
  programRole,
} from './field-schemas.ts';
import type {
  AttemptView,
  CombinerReport,
  Counters,
  FailureReport,
  JobReport,
  JobStatus,
  JobSummary,
  PlanSummary,
  SamplePlan,
  SampleReport,
  StageProgress,
  StageReport,
  WorkerView,
} from './job-report.ts';
import { COUNTER_NAME_CHARS_MAX, JOB_NAME_CHARS_MAX, STATUS_CHARS_MAX } from './limits.ts';
import {
  type Fields,
  flag,
  integer,
  listOf,
  literal,
  nullable,
  object,
  oneOf,
  real,
  recordOf,
  type Schema,
  text,
} from './schema.ts';

/** Schemas of what the Manager tells clients about jobs and Workers. */

const name = text(JOB_NAME_CHARS_MAX);
export const status = text(STATUS_CHARS_MAX);

export const stageProgress: Schema<StageProgress> = object(
  {
    tasks: count,
    done: count,
    running: count,
    failed: count,
    lost: count,
    backups: count,
    bytes_done: bytes,
    bytes_total: bytes,
  },
  'StageProgress',
);

const counters: Schema<Counters> = recordOf(
  text(COUNTER_NAME_CHARS_MAX),
  recordOf(text(COUNTER_NAME_CHARS_MAX), decimal, 100_000),
  100_000,
);

const stageReport: Schema<StageReport> = object(
  {
    tasks: count,
    attempts: count,
    failed: count,
    lost: count,
    unfit: count,
    backups: count,
    input_bytes: bytes,
    input_records: nullable(bytes),
    output_bytes: bytes,
    output_records: bytes,
    spills: object({ min: count, max: count, total: bytes }, 'Spills'),
    duration_ms: milliseconds,
  },
  'StageReport',
);

const combinerReport: Schema<CombinerReport> = object(
  { input_records: bytes, output_records: bytes, skipped_records: bytes },
  'CombinerReport',
);

const samplePlanFields: Fields<SamplePlan> = {
  percent: real(0, 100),
  maps: count,
  input_bytes: bytes,
  slots: count,
  free_bytes: nullable(bytes),
};

const samplePlan: Schema<SamplePlan> = object(samplePlanFields, 'SamplePlan');

const sampleReport: Schema<SampleReport> = object(
  {
    ...samplePlanFields,
    map_task_ms: milliseconds,
    reduce_task_ms: milliseconds,
    longest_reduce_ms: milliseconds,
    largest_partition: nullable(
      object({ task: taskName, input_bytes: bytes, input_records: bytes }, 'LargestPartition'),
    ),
    largest_keys: largestGroups,
  },
  'SampleReport',
);

const failureReport: Schema<FailureReport> = object(
  {
    attempt: nullable(attemptName),
    worker_id: nullable(workerId),
    input: nullable(inputRange),
    cause: sentence,
    exit_code: nullable(integer(0, 255)),
    signal: nullable(text(32)),
    mend: nullable(sentence),
    command: nullable(command),
    role: nullable(programRole),
    reproduce: nullable(command),
    stderr_tail: stderrLines,
    charged_attempts: count,
  },
  'FailureReport',
);

const reportFields: Fields<JobReport> = {
  schema_version: literal(1),
  job_id: jobId,
  job: jobName,
  name,
  outcome: oneOf('succeeded', 'failed', 'cancelled'),
  submitted_at_ms: milliseconds,
  finished_at_ms: milliseconds,
  duration_ms: milliseconds,
  input_files: count,
  input_bytes: bytes,
  output_directory: path,
  output_parts: count,
  output_bytes: bytes,
  output_records: bytes,
  maps: stageReport,
  reduces: stageReport,
  combiner: nullable(combinerReport),
  counters,
  failure: nullable(failureReport),
  cancelled_by: nullable(text(512)),
  kept_bytes: bytes,
  warnings: sentences,
  sample: nullable(sampleReport),
  bad_records: nullable(badRecordsReport),
};

export const jobReport: Schema<JobReport> = object(reportFields, 'JobReport');

const summaryFields: Fields<JobSummary> = {
  job_id: jobId,
  job: jobName,
  name,
  state: oneOf(
    'preparing',
    'accepted',
    'running',
    'publishing',
    'succeeded',
    'failed',
    'cancelled',
  ),
  submitted_by: text(512),
  submitted_at_ms: milliseconds,
  finished_at_ms: nullable(milliseconds),
  output_directory: path,
  maps: stageProgress,
  reduces: stageProgress,
};

export const jobSummary: Schema<JobSummary> = object(summaryFields, 'JobSummary');

const attemptView: Schema<AttemptView> = object(
  {
    attempt: attemptName,
    worker_id: workerId,
    state: oneOf('queued', 'running', 'finishing'),
    running_ms: milliseconds,
    bytes_read: bytes,
    status,
  },
  'AttemptView',
);

export const jobStatus: Schema<JobStatus> = object(
  {
    ...summaryFields,
    waiting_for: nullable(sentence),
    running_attempts: listOf(attemptView),
    last_errors: sentences,
    counters,
    warnings: sentences,
    bad_records: nullable(badRecordsReport),
    report: nullable(jobReport),
  },
  'JobStatus',
);

export const workerView: Schema<WorkerView> = object(
  {
    worker_id: workerId,
    state: oneOf('live', 'silent', 'paused', 'blind', 'draining'),
    reason: nullable(sentence),
    address: text(300),
    slots: count,
    running: count,
    queued: count,
    finished: bytes,
    failed: bytes,
    last_sign_of_life_ms_ago: milliseconds,
    udp: flag(),
  },
  'WorkerView',
);

export const planSummary: Schema<PlanSummary> = object(
  {
    input_files: count,
    input_bytes: bytes,
    maps: count,
    reduces: count,
    split_bytes: bytes,
    output_directory: path,
    reasons: sentences,
    warnings: sentences,
    commands: listOf(object({ role: text(100), command }, 'ResolvedCommand'), 100),
    sample: nullable(samplePlan),
  },
  'PlanSummary',
);
