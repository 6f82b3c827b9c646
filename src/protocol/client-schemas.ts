import type { ClientMessage } from './client-messages.ts';
import {
  bytes,
  command,
  count,
  environment,
  jobId,
  milliseconds,
  modeBits,
  opaque,
  path,
  sha256,
  shippedFile,
} from './field-schemas.ts';
import { CHUNK_BASE64_CHARS_MAX, JOB_NAME_CHARS_MAX } from './limits.ts';
import {
  either,
  flag,
  integer,
  listOf,
  literal,
  nullable,
  object,
  optional,
  pattern,
  text,
} from './schema.ts';
import type { SchemasOf } from './schemas.ts';

/** What people type for a job; the Manager says what is wrong with it. */
const jobWord = text(100, 1);
const jobWordOrLatest = nullable(jobWord);

export const clientSchemas: SchemasOf<ClientMessage> = {
  new_manager_job: object({
    message_type: literal('new_manager_job'),
    input_directory: either(path, listOf(path, 10_000), 'a path or a list of paths'),
    output_directory: nullable(path),
    mapper_executable: command,
    reducer_executable: optional(command),
    combiner_executable: optional(command),
    num_mappers: optional(integer(1, 1_000_000)),
    num_reducers: optional(integer(0, 100_000)),
    split_bytes: optional(integer(1)),
    job_name: optional(text(JOB_NAME_CHARS_MAX)),
    submission_id: optional(opaque),
    priority: optional(integer(-1_000_000, 1_000_000)),
    max_running: optional(integer(1, 1_000_000)),
    max_attempts: optional(integer(1, 1000)),
    max_workers_lost: optional(integer(1, 1000)),
    keep_going: optional(flag()),
    task_timeout_ms: optional(milliseconds),
    max_record_bytes: optional(integer(1)),
    overwrite: optional(flag()),
    success_marker: optional(flag()),
    environment: optional(environment),
    files: optional(listOf(shippedFile, 10_000)),
    umask: optional(modeBits),
    submitted_by: optional(text(512)),
    dry_run: optional(flag()),
  }),
  watch_job: object({
    message_type: literal('watch_job'),
    job: jobWordOrLatest,
    from: optional(count),
  }),
  list_jobs: object({
    message_type: literal('list_jobs'),
    all: optional(flag()),
    before: optional(jobId),
  }),
  job_status: object({ message_type: literal('job_status'), job: jobWordOrLatest }),
  cancel_job: object({
    message_type: literal('cancel_job'),
    job: jobWordOrLatest,
    cancelled_by: optional(text(512)),
  }),
  remove_job: object({ message_type: literal('remove_job'), job: jobWord }),
  list_workers: object({ message_type: literal('list_workers') }),
  read_log: object({
    message_type: literal('read_log'),
    job: jobWordOrLatest,
    task: optional(text(100, 1)),
    offset: optional(bytes),
  }),
  has_files: object({ message_type: literal('has_files'), hashes: listOf(sha256, 15_000) }),
  put_file: object({
    message_type: literal('put_file'),
    sha256,
    offset: bytes,
    data_base64: pattern(/^[A-Za-z0-9+/]*={0,2}$/, CHUNK_BASE64_CHARS_MAX, 'base64'),
    last: flag(),
  }),
  shutdown: object({ message_type: literal('shutdown') }),
};
