import {
  attemptFields,
  bytes,
  command,
  count,
  decimal,
  host,
  inputRange,
  largestGroups,
  lastReceived,
  linePlace,
  milliseconds,
  opaque,
  ordinal,
  sentence,
  stderrLines,
  workerId,
  programRole,
} from './field-schemas.ts';
import {
  COUNTER_NAME_CHARS_MAX,
  PATH_CHARS_MAX,
  SENTENCE_CHARS_MAX,
  STATUS_CHARS_MAX,
} from './limits.ts';
import {
  type Fields,
  flag,
  integer,
  listOf,
  literal,
  nullable,
  object,
  optional,
  oneOf,
  pattern,
  type Schema,
  text,
} from './schema.ts';
import type { SchemasOf } from './schemas.ts';
import type {
  AttemptListing,
  AttemptProgress,
  AttemptStatistics,
  Cause,
  CounterValue,
  LinesSeen,
  NumberedWorkerMessage,
  OutputFile,
  WorkerIdentity,
  WorkerMessage,
} from './worker-messages.ts';

const identity = { worker_id: workerId, nonce: opaque } satisfies Fields<WorkerIdentity>;
const numbered = {
  ...identity,
  epoch: ordinal,
  number: ordinal,
} satisfies Fields<NumberedWorkerMessage>;

const attemptListing: Schema<AttemptListing> = object(
  { ...attemptFields, state: oneOf('queued', 'running', 'finished') },
  'AttemptListing',
);

const attemptProgress: Schema<AttemptProgress> = object(
  {
    ...attemptFields,
    bytes_read: bytes,
    bytes_written: bytes,
    status: text(STATUS_CHARS_MAX),
  },
  'AttemptProgress',
);

const outputFile: Schema<OutputFile> = object(
  {
    name: pattern(
      /^(?:run|part|bad\/lines|bad\/records|side(?:\/(?!\.{1,2}(?:\/|$))[^\0/]+)+)$/u,
      PATH_CHARS_MAX,
      '"run", "part", "side/NAME", "bad/lines" or "bad/records"',
    ),
    bytes,
    records: bytes,
    crc32: integer(0, 0xffff_ffff),
  },
  'OutputFile',
);

const statistics: Schema<AttemptStatistics> = object(
  {
    input_bytes: bytes,
    input_records: nullable(bytes),
    output_bytes: bytes,
    output_records: bytes,
    spills: count,
    combine_input_records: bytes,
    combine_output_records: bytes,
    combine_skipped_records: bytes,
    duration_ms: milliseconds,
    ignored_input_bytes: bytes,
    largest_groups: largestGroups,
  },
  'AttemptStatistics',
);

const counterValue: Schema<CounterValue> = object(
  { group: text(COUNTER_NAME_CHARS_MAX), name: text(COUNTER_NAME_CHARS_MAX), value: decimal },
  'CounterValue',
);

const cause: Schema<Cause> = object(
  {
    text: text(SENTENCE_CHARS_MAX),
    exit_code: nullable(integer(0, 255)),
    signal: nullable(text(32)),
    mend: optional(sentence),
  },
  'Cause',
);

const badRun: Schema<{ readonly map_index: number; readonly attempt: number }> = object(
  { map_index: count, attempt: attemptFields.attempt },
  'BadRun',
);

const linesSeen: Schema<LinesSeen> = object(
  { total: nullable(bytes), last: nullable(linePlace) },
  'LinesSeen',
);

export const workerSchemas: SchemasOf<WorkerMessage> = {
  register: object({
    message_type: literal('register'),
    ...identity,
    protocol_version: integer(1, 1_000_000),
    slots: integer(1, 10_000),
    capabilities: listOf(text(100, 1), 100),
    host,
    port: integer(0, 65_535),
    cluster_id: nullable(opaque),
    received: lastReceived,
    attempts: listOf(attemptListing),
  }),
  ready: object({ message_type: literal('ready'), ...numbered, problem: nullable(sentence) }),
  started: object({ message_type: literal('started'), ...numbered, ...attemptFields }),
  progress: object({
    message_type: literal('progress'),
    ...numbered,
    attempts: listOf(attemptProgress),
  }),
  finished: object({
    message_type: literal('finished'),
    ...numbered,
    ...attemptFields,
    outputs: listOf(outputFile),
    statistics,
    counters: listOf(counterValue),
    lines: optional(linesSeen),
  }),
  failed: object({
    message_type: literal('failed'),
    ...numbered,
    ...attemptFields,
    outcome: oneOf('failed', 'unfit', 'cannot_start', 'input_changed'),
    cause,
    command,
    role: nullable(programRole),
    reproduce: nullable(command),
    stderr_tail: stderrLines,
    input: nullable(inputRange),
    bad_run: nullable(badRun),
    lines: optional(linesSeen),
  }),
  returned: object({
    message_type: literal('returned'),
    ...numbered,
    ...attemptFields,
    was_started: flag(),
  }),
  goodbye: object({ message_type: literal('goodbye'), ...numbered }),
  heartbeat: object({
    message_type: literal('heartbeat'),
    ...identity,
    epoch: ordinal,
    number: ordinal,
    received: lastReceived,
    sent: lastReceived,
    unacknowledged_ms: milliseconds,
  }),
};
