import type { AttemptRef } from './ids.ts';
import type { JobRules, ShippedFile } from './job-spec.ts';

/** What the Manager sends to a Worker. All but `register_ack` are numbered from 1 per incarnation. */
export type ManagerOrder =
  RegisterAck | NewMapTask | NewReduceTask | CancelTask | Settled | Received | WorkerShutdown;

export interface NumberedOrder {
  readonly epoch: number;
  readonly number: number;
}

/** Answers `register`. Heartbeats begin with it. */
export interface RegisterAck {
  readonly message_type: 'register_ack';
  readonly protocol_version: number;
  readonly epoch: number;
  readonly heartbeat_interval_ms: number;
  readonly cluster_id: string;
  readonly shared_directory: string;
  /** What `<shared_directory>/cluster.json` must hold as `token`. */
  readonly token: string;
  /** Number of the last Worker message received of this incarnation. */
  readonly received: number;
  /** Whether a heartbeat of this incarnation has come by UDP. */
  readonly udp_confirmed: boolean;
}

/** How files may be compressed; each is also the name of the program that decompresses them. */
export const COMPRESSIONS = ['gzip', 'bzip2', 'zstd'] as const;

/** How a file is compressed, by its suffix. */
export type Compression = (typeof COMPRESSIONS)[number];

/** A line-aligned byte range of one input file; a compressed file is one piece, whole. */
export interface Piece {
  readonly path: string;
  readonly start: number;
  readonly length: number;
  /** The file as it was planned: found shorter, or with another inode, it has changed. */
  readonly file_bytes: number;
  readonly inode: number;
  readonly mtime_ms: number;
  readonly compression: Compression | null;
}

/** What map and reduce tasks have in common. */
export interface TaskOrder extends NumberedOrder, AttemptRef {
  readonly job_name: string;
  /** `<shared>/jobs/job-0007` */
  readonly job_directory: string;
  /** `<output's parent>/.NAME.job-0007` */
  readonly staging_directory: string;
  readonly files: readonly ShippedFile[];
  readonly environment: Readonly<Record<string, string>>;
  readonly task_timeout_ms: number;
  readonly max_record_bytes: number;
  readonly rules: JobRules;
  /** Mode bits for parts, from the submitter's umask. */
  readonly output_mode: number;
  /** Reduce tasks of the job; 0 for map-only. */
  readonly reduces: number;
}

export interface NewMapTask extends TaskOrder {
  readonly message_type: 'new_map_task';
  readonly stage: 'map';
  readonly mapper: string;
  readonly combiner: string | null;
  /** For the merge rule of built-ins. */
  readonly reducer: string | null;
  readonly pieces: readonly Piece[];
  /** The job's last map: a map-only part then keeps its end as the program wrote it. */
  readonly last_map: boolean;
  /** Left out: all of them. */
  readonly lines?: LineSelection;
}

/**
 * With `skip_bad_records`: which lines of its input a map gives to its mapper. They are numbered from
 * 0, through all pieces.
 */
export interface LineSelection {
  readonly from: number;
  /** The line after the last. */
  readonly to: number;
  /** Of those, the ones to leave out, ascending. */
  readonly except: readonly ExceptedLine[];
  /** Only to see whether the mapper takes them: nothing is kept of the attempt. */
  readonly probe: boolean;
  /** Say how many lines there are in all. */
  readonly count: boolean;
}

/** A line that is left out, and at what the mapper failed there. */
export interface ExceptedLine {
  readonly line: number;
  readonly cause: string;
}

export interface NewReduceTask extends TaskOrder {
  readonly message_type: 'new_reduce_task';
  readonly stage: 'reduce';
  readonly reducer: string;
  readonly combiner: string | null;
  /** A file of lines `{"map_index":…,"attempt":…}` naming the runs to merge, in map order. */
  readonly manifest_path: string;
}

/** Stop this attempt: a queued one is `returned`, a running one is killed, a finished one forgotten. */
export interface CancelTask extends NumberedOrder, AttemptRef {
  readonly message_type: 'cancel_task';
  /** A recall: one that has a slot, or is done, goes on as if nothing had been said. */
  readonly only_queued?: boolean;
  readonly reason: string;
}

/** The Manager has dealt with a `finished` or `failed`: the Worker may forget it. */
export interface Settled extends NumberedOrder, AttemptRef {
  readonly message_type: 'settled';
  readonly outcome: 'committed' | 'discard';
  readonly received: number;
}

/** Acknowledges Worker messages up to `received`, at most once an interval or a batch. */
export interface Received extends NumberedOrder {
  readonly message_type: 'received';
  readonly received: number;
  readonly udp_confirmed: boolean;
}

/** The cluster ends: kill programs, clean up, exit 0. */
export interface WorkerShutdown extends NumberedOrder {
  readonly message_type: 'shutdown';
}

/** One line of a reduce manifest. */
export interface ManifestEntry {
  readonly map_index: number;
  readonly attempt: number;
}

/**
 * One line of the file of ranges: the least key of a reduce task from 1 on, ascending. Reduces beyond
 * the last cut have no keys.
 */
export interface RangeCut {
  /** base64 */
  readonly from: string;
}
