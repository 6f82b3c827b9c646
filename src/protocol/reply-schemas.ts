import {
  attemptFields,
  attemptName,
  bytes,
  count,
  inputRange,
  jobId,
  jobName,
  jobRules,
  ordinal,
  path,
  sentence,
  sentences,
  sha256,
  taskOrAttemptName,
} from './field-schemas.ts';
import { STDERR_LINE_CHARS_MAX } from './limits.ts';
import { jobEvent } from './event-schemas.ts';
import type { ErrorMessage, ManagerReply, TaskSource } from './manager-replies.ts';
import { piece } from './order-schemas.ts';
import { jobReport, jobStatus, jobSummary, planSummary, workerView } from './report-schemas.ts';
import { listOf, literal, nullable, object, oneOf, type Schema, text, variants } from './schema.ts';
import type { SchemasOf } from './schemas.ts';

export const errorSchema: Schema<ErrorMessage> = object({
  message_type: literal('error'),
  code: oneOf(
    'bad_json',
    'bad_message',
    'unknown_type',
    'too_long',
    'not_allowed',
    'refused',
    'no_such_job',
    'version_mismatch',
    'stale_epoch',
    'stopping',
    'internal',
  ),
  message: sentence,
});

const taskSource: Schema<TaskSource> = variants<TaskSource, 'kind'>(
  'kind',
  {
    map: object({
      kind: literal('map'),
      pieces: listOf(piece),
      rules: jobRules,
      failed_at: nullable(inputRange),
    }),
    reduce: object({
      kind: literal('reduce'),
      job_directory: path,
      manifest_path: path,
      task_index: attemptFields.task_index,
      reduces: count,
      rules: jobRules,
    }),
  },
  'TaskSource',
);

export const replySchemas: SchemasOf<ManagerReply> = {
  job_accepted: object({
    message_type: literal('job_accepted'),
    job_id: jobId,
    job: jobName,
    output_directory: path,
    warnings: sentences,
  }),
  job_plan: object({ message_type: literal('job_plan'), plan: planSummary }),
  job_event: object({
    message_type: literal('job_event'),
    job_id: jobId,
    // A progress snapshot before the first kept event carries 0.
    number: count,
    event: jobEvent,
  }),
  job_finished: object({
    message_type: literal('job_finished'),
    job_id: jobId,
    report: jobReport,
  }),
  jobs: object({
    message_type: literal('jobs'),
    jobs: listOf(jobSummary),
    finished_today: count,
    next: nullable(ordinal),
  }),
  job: object({ message_type: literal('job'), status: jobStatus }),
  job_removed: object({ message_type: literal('job_removed'), job: jobName, freed_bytes: bytes }),
  workers: object({ message_type: literal('workers'), workers: listOf(workerView) }),
  log_lines: object({
    message_type: literal('log_lines'),
    attempt: attemptName,
    path,
    lines: listOf(text(STDERR_LINE_CHARS_MAX)),
    next: nullable(bytes),
  }),
  task_input: object({
    message_type: literal('task_input'),
    job: jobName,
    task: taskOrAttemptName,
    source: taskSource,
  }),
  files: object({ message_type: literal('files'), missing: listOf(sha256, 15_000) }),
  error: errorSchema,
};
