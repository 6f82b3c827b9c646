import {
  attemptFields,
  bytes,
  command,
  count,
  environment,
  jobRules,
  lastReceived,
  milliseconds,
  modeBits,
  opaque,
  ordinal,
  path,
  sentence,
  shippedFile,
} from './field-schemas.ts';
import {
  BAD_RECORD_CAUSE_CHARS_MAX,
  BAD_RECORDS_MAX,
  JOB_NAME_CHARS_MAX,
  RECORD_BYTES_MAX,
  SHIPPED_FILES_MAX,
} from './limits.ts';
import {
  COMPRESSIONS,
  type LineSelection,
  type ManagerOrder,
  type NumberedOrder,
  type Piece,
  type TaskOrder,
} from './manager-orders.ts';
import {
  type Fields,
  flag,
  integer,
  listOf,
  literal,
  nullable,
  object,
  oneOf,
  optional,
  real,
  type Schema,
  text,
} from './schema.ts';
import type { SchemasOf } from './schemas.ts';

const numbered = { epoch: ordinal, number: ordinal } satisfies Fields<NumberedOrder>;

/** Stage is left to each task message, which fixes it. */
const taskFields = {
  ...numbered,
  job_id: attemptFields.job_id,
  task_index: attemptFields.task_index,
  attempt: attemptFields.attempt,
  job_name: text(JOB_NAME_CHARS_MAX),
  job_directory: path,
  staging_directory: path,
  files: listOf(shippedFile, SHIPPED_FILES_MAX),
  environment,
  task_timeout_ms: milliseconds,
  max_record_bytes: integer(1, RECORD_BYTES_MAX),
  rules: jobRules,
  output_mode: modeBits,
  reduces: count,
} satisfies Fields<Omit<TaskOrder, 'stage'>>;

export const piece: Schema<Piece> = object(
  {
    path,
    start: bytes,
    length: bytes,
    file_bytes: bytes,
    // Some file systems number files beyond 2^53: compared as the same double on both sides.
    inode: real(0, 2 ** 64),
    mtime_ms: real(-1e15, 1e15),
    compression: nullable(oneOf(...COMPRESSIONS)),
  },
  'Piece',
);

const lineSelection: Schema<LineSelection> = object(
  {
    from: bytes,
    to: bytes,
    except: listOf(
      object({ line: bytes, cause: text(BAD_RECORD_CAUSE_CHARS_MAX) }, 'ExceptedLine'),
      BAD_RECORDS_MAX,
    ),
    probe: flag(),
    count: flag(),
  },
  'LineSelection',
);

export const orderSchemas: SchemasOf<ManagerOrder> = {
  register_ack: object({
    message_type: literal('register_ack'),
    protocol_version: integer(1, 1_000_000),
    epoch: ordinal,
    heartbeat_interval_ms: milliseconds,
    cluster_id: opaque,
    shared_directory: path,
    token: opaque,
    received: lastReceived,
    udp_confirmed: flag(),
  }),
  new_map_task: object({
    message_type: literal('new_map_task'),
    ...taskFields,
    stage: literal('map'),
    mapper: command,
    combiner: nullable(command),
    reducer: nullable(command),
    pieces: listOf(piece),
    last_map: flag(),
    lines: optional(lineSelection),
  }),
  new_reduce_task: object({
    message_type: literal('new_reduce_task'),
    ...taskFields,
    stage: literal('reduce'),
    reducer: command,
    combiner: nullable(command),
    manifest_path: path,
  }),
  cancel_task: object({
    message_type: literal('cancel_task'),
    ...numbered,
    ...attemptFields,
    only_queued: optional(flag()),
    reason: sentence,
  }),
  settled: object({
    message_type: literal('settled'),
    ...numbered,
    ...attemptFields,
    outcome: oneOf('committed', 'discard'),
    received: lastReceived,
  }),
  received: object({
    message_type: literal('received'),
    ...numbered,
    received: lastReceived,
    udp_confirmed: flag(),
  }),
  shutdown: object({ message_type: literal('shutdown'), ...numbered }),
};
