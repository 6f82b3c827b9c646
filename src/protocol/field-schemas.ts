import type { AttemptRef, TaskStage } from './ids.ts';
import { type JobRules, type ProgramRole, type ShippedFile, VARIABLE_NAME } from './job-spec.ts';
import type { GroupSize } from './job-report.ts';
import type { LinePlace } from './worker-messages.ts';
import {
  COMMAND_CHARS_MAX,
  COUNTER_DIGITS_MAX,
  ENVIRONMENT_VALUE_CHARS_MAX,
  KEY_FIELDS_MAX,
  PATH_CHARS_MAX,
  SENTENCE_CHARS_MAX,
  SEPARATOR_CHARS_MAX,
  STDERR_LINE_CHARS_MAX,
  STDERR_TAIL_LINES_MAX,
} from './limits.ts';
import {
  type Fields,
  flag,
  integer,
  listOf,
  object,
  oneOf,
  pattern,
  real,
  recordOf,
  type Schema,
  text,
} from './schema.ts';

/** Schemas of fields that occur in messages of more than one direction. */

/** Job ids and counts of tasks; far below 2^53, far above any real cluster. */
const COUNT_MAX = 1_000_000_000;

export const count = integer(0, COUNT_MAX);
export const bytes = integer(0);
export const jobId = integer(1, COUNT_MAX);
/** Message numbers and epochs: from 1. */
export const ordinal = integer(1);
/** The number of the last message received: 0 when there was none. */
export const lastReceived = integer(0);
/** Measured times may have fractions; about 30,000 years at most. */
export const milliseconds = real(0, 1e15);
export const modeBits = integer(0, 0o7777);

export const path = pattern(/^[^\0]+$/u, PATH_CHARS_MAX, 'a path, not empty, without NUL');
export const command = pattern(/^[^\0]+$/u, COMMAND_CHARS_MAX, 'a command, not empty, without NUL');
export const sentence = text(SENTENCE_CHARS_MAX);
export const sentences = listOf(sentence);
export const stderrLines = listOf(text(STDERR_LINE_CHARS_MAX), STDERR_TAIL_LINES_MAX);
export const sha256 = pattern(/^[0-9a-f]{64}$/, 64, 'a SHA-256 in lower-case hex');
export const decimal = pattern(
  /^-?(?:0|[1-9][0-9]*)$/,
  COUNTER_DIGITS_MAX,
  'an integer in decimal',
);
/** A nonce, cluster id or token. */
export const opaque = pattern(
  /^[A-Za-z0-9._:-]+$/,
  128,
  '1 to 128 letters, digits, ".", "_", ":" or "-"',
);
export const workerId = pattern(
  /^[A-Za-z0-9_][A-Za-z0-9._-]*$/,
  128,
  '1 to 128 letters, digits, ".", "_" or "-", not beginning with "." or "-"',
);
/** A name or an address. */
export const host = pattern(/^[A-Za-z0-9._:%-]+$/, 255, 'a host name or address');
export const jobName = pattern(/^job-[0-9]{1,10}$/, 14, 'a job such as "job-0007"');
export const attemptName = pattern(
  /^(?:map|reduce)-[0-9]{1,9}\.[0-9]{1,9}$/,
  32,
  'an attempt such as "map-00012.2"',
);
export const taskName = pattern(/^(?:map|reduce)-[0-9]{1,9}$/, 32, 'a task such as "map-00012"');
export const taskOrAttemptName = pattern(
  /^(?:map|reduce)-[0-9]{1,9}(?:\.[0-9]{1,9})?$/,
  32,
  'a task such as "map-00012" or an attempt such as "map-00012.2"',
);
const taskStage: Schema<TaskStage> = oneOf('map', 'reduce');

export const environment = recordOf(
  pattern(VARIABLE_NAME, 256, 'letters, digits and "_", not beginning with a digit'),
  pattern(/^[^\0]*$/u, ENVIRONMENT_VALUE_CHARS_MAX, 'a text without NUL'),
  10_000,
);

/** The fields of {@link AttemptRef} but the stage, which some messages fix. */
export const attemptFields = {
  job_id: jobId,
  stage: taskStage,
  task_index: count,
  attempt: integer(1, COUNT_MAX),
} satisfies Fields<AttemptRef>;

export const shippedFile: Schema<ShippedFile> = object(
  {
    path: pattern(
      /^(?!\.{1,2}(?:\/|$))[^\0/]+(?:\/(?!\.{1,2}(?:\/|$))[^\0/]+)*$/u,
      PATH_CHARS_MAX,
      'a relative path without "." and ".."',
    ),
    sha256,
    bytes,
    mode: modeBits,
  },
  'ShippedFile',
);

export const separator = pattern(
  /^[^\n]+$/u,
  SEPARATOR_CHARS_MAX,
  'a text, not empty, without a line feed',
);
export const keyFields = integer(0, KEY_FIELDS_MAX);
export const exitCodes = listOf(integer(1, 255), 255);

export const jobRules: Schema<JobRules> = object(
  {
    separator,
    key_fields: keyFields,
    sort_values: flag(),
    total_order: flag(),
    shell: flag(),
    accept_exit: object(
      { mapper: exitCodes, combiner: exitCodes, reducer: exitCodes },
      'AcceptedExits',
    ),
    one_process: flag(),
  },
  'JobRules',
);

export const programRole: Schema<ProgramRole> = oneOf('mapper', 'combiner', 'reducer');
/** The largest few groups of a reduce, or of a job. */
export const largestGroups: Schema<readonly GroupSize[]> = listOf(
  object({ key: text(1024), records: bytes }, 'GroupSize'),
  10,
);

/** Where a line lies in a file of the input. */
export const linePlaceFields: Fields<LinePlace> = { path, offset: bytes, length: bytes };
export const linePlace: Schema<LinePlace> = object(linePlaceFields, 'LinePlace');

/** A byte range of an input file, as reports name it. */
export const inputRange: Schema<{
  readonly path: string;
  readonly start: number;
  readonly length: number;
}> = object({ path, start: bytes, length: bytes }, 'InputRange');
