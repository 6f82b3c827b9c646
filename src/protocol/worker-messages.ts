import type { AttemptRef } from './ids.ts';
import type { ProgramRole } from './job-spec.ts';
import type { GroupSize } from './job-report.ts';

/** What a Worker sends to the Manager over the connection that it keeps. */
export type WorkerMessage =
  Register | Ready | Started | Progress | Finished | Failed | Returned | Goodbye | Heartbeat;

/** Who speaks, in every message of a Worker: its name and its process's random nonce. */
export interface WorkerIdentity {
  readonly worker_id: string;
  readonly nonce: string;
}

/** A message after registration: `number` counts from 1 per incarnation, never restarting. */
export interface NumberedWorkerMessage extends WorkerIdentity {
  readonly epoch: number;
  readonly number: number;
}

export const PROTOCOL_VERSION = 1;

/** The first message of a Worker's connection. Same nonce: same incarnation, attempts adopted. */
export interface Register extends WorkerIdentity {
  readonly message_type: 'register';
  readonly protocol_version: number;
  readonly slots: number;
  /** Decompressors and safety layers that are there, e.g. `gzip`, `guard`. */
  readonly capabilities: readonly string[];
  /** Where the Worker itself listens. */
  readonly host: string;
  readonly port: number;
  /** From the last `register_ack`, null at first. */
  readonly cluster_id: string | null;
  /** Number of the last Manager message received; 0 at first. */
  readonly received: number;
  readonly attempts: readonly AttemptListing[];
}

/** What a Worker has: waiting for a slot, running, or finished and not yet settled. */
export interface AttemptListing extends AttemptRef {
  readonly state: 'queued' | 'running' | 'finished';
}

/** After `register_ack`: whether the shared directory is the Manager's. Dispatch waits for it. */
export interface Ready extends NumberedWorkerMessage {
  readonly message_type: 'ready';
  /** Null when all is well, else why this Worker takes no tasks. */
  readonly problem: string | null;
}

/** The program of an attempt runs. */
export interface Started extends NumberedWorkerMessage, AttemptRef {
  readonly message_type: 'started';
}

/** What running attempts have done so far; sent while something changes. */
export interface Progress extends NumberedWorkerMessage {
  readonly message_type: 'progress';
  readonly attempts: readonly AttemptProgress[];
}

export interface AttemptProgress extends AttemptRef {
  readonly bytes_read: number;
  readonly bytes_written: number;
  /** Last `reporter:status:` line. */
  readonly status: string;
}

/** A file that an attempt leaves: its run, its part, a side file, or what it left out of its input. */
export interface OutputFile {
  /** `run` or `part`, `side/NAME`, or `bad/lines` and `bad/records` together. */
  readonly name: string;
  readonly bytes: number;
  readonly records: number;
  /** Unsigned CRC-32 of the content; 0 for runs, which carry their own. */
  readonly crc32: number;
}

export interface CounterValue {
  readonly group: string;
  readonly name: string;
  /** Exact integer in decimal. */
  readonly value: string;
}

/** What an attempt did, for the report and for fetching nothing twice. */
export interface AttemptStatistics {
  readonly input_bytes: number;
  /** Null when a process of its own fed the mapper and nobody counted. */
  readonly input_records: number | null;
  readonly output_bytes: number;
  readonly output_records: number;
  readonly spills: number;
  /** Of a map: records that went through the combiner, what became of them, and those past it. */
  readonly combine_input_records: number;
  readonly combine_output_records: number;
  readonly combine_skipped_records: number;
  readonly duration_ms: number;
  /** Input bytes past the planned size that were ignored: the file grew. */
  readonly ignored_input_bytes: number;
  /** The keys of a reduce with most records, largest first. */
  readonly largest_groups: readonly GroupSize[];
}

/** The attempt succeeded. Re-sent on every registration until `settled`. */
export interface Finished extends NumberedWorkerMessage, AttemptRef {
  readonly message_type: 'finished';
  readonly outputs: readonly OutputFile[];
  readonly statistics: AttemptStatistics;
  readonly counters: readonly CounterValue[];
  /** Of a probe: what it saw of the lines. Its other fields say nothing. */
  readonly lines?: LinesSeen;
}

/** What an attempt that was given a selection of lines can say of them. */
export interface LinesSeen {
  /** How many there are in all, where that was asked. */
  readonly total: number | null;
  /** Of one that failed: the last line of its selection; null where there is none. */
  readonly last: LinePlace | null;
}

/** Where a line lies in a file of the input. */
export interface LinePlace {
  readonly path: string;
  /** In bytes from the beginning; of a compressed file, of its content. */
  readonly offset: number;
  /** In bytes, with its newline where it has one. */
  readonly length: number;
}

/** Why an attempt did not succeed, in words and in parts. */
export interface Cause {
  /** `exit code 3`, `killed by SIGKILL: often out of memory`, … */
  readonly text: string;
  readonly exit_code: number | null;
  readonly signal: string | null;
  /** What to do about it, where that is known. */
  readonly mend?: string;
}

/** The attempt failed (charged), or the Worker was unfit for it (not charged). Re-sent like `finished`. */
export interface Failed extends NumberedWorkerMessage, AttemptRef {
  readonly message_type: 'failed';
  /**
   * `failed`: the program did. `unfit`: this Worker or its storage could not.
   * `cannot_start`: the program is not to be had on this Worker; unfit for the whole job.
   * `input_changed`: a file is not what was planned; fails the job.
   */
  readonly outcome: 'failed' | 'unfit' | 'cannot_start' | 'input_changed';
  readonly cause: Cause;
  /** The program's command, resolved. */
  readonly command: string;
  /** What the program does in the job; null when none is to blame. */
  readonly role: ProgramRole | null;
  /** A line for a shell that does to the task's input what the program did; null: there is none. */
  readonly reproduce: string | null;
  readonly stderr_tail: readonly string[];
  /** The piece that was being read, for maps. */
  readonly input: { readonly path: string; readonly start: number; readonly length: number } | null;
  /** A map output that could not be read, for reduces (then `outcome` is `unfit`). */
  readonly bad_run: { readonly map_index: number; readonly attempt: number } | null;
  /** Of a map that was given a selection of lines. */
  readonly lines?: LinesSeen;
}

/** The answer to `cancel_task` for an attempt that had not finished: it is not here any more. */
export interface Returned extends NumberedWorkerMessage, AttemptRef {
  readonly message_type: 'returned';
  /** Whether its program had been started (and was killed). */
  readonly was_started: boolean;
}

/** The Worker leaves in order; what it still had is lost at once, without blame. */
export interface Goodbye extends NumberedWorkerMessage {
  readonly message_type: 'goodbye';
}

/**
 * A sign of life, by UDP every heartbeat interval after `register_ack`; over TCP until UDP is confirmed.
 * `number` counts heartbeats; one that is not greater than the last is ignored.
 */
export interface Heartbeat extends WorkerIdentity {
  readonly message_type: 'heartbeat';
  readonly epoch: number;
  readonly number: number;
  /** Number of the last Manager message received over TCP. */
  readonly received: number;
  /** Number of the last Worker message sent over TCP. */
  readonly sent: number;
  /** Age of the oldest message of this Worker that the Manager has not acknowledged; 0: none. */
  readonly unacknowledged_ms: number;
}
