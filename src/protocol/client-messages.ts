import type { JobSpec } from './job-spec.ts';

/** What clients send to the Manager. Jobs are named by words: `job-0007`, `7`, null for the latest. */
export type ClientMessage =
  | NewManagerJob
  | WatchJob
  | ListJobs
  | GetJobStatus
  | CancelJob
  | RemoveJob
  | ListWorkers
  | ReadLog
  | ReadInput
  | HasFiles
  | PutFile
  | ClientShutdown;

/** Submits a job; answered with `job_accepted` (or `job_plan` when `dry_run`), or `error`. */
export interface NewManagerJob extends JobSpec {
  readonly message_type: 'new_manager_job';
  /** Plan and check only: nothing is queued or created. */
  readonly dry_run?: boolean;
}

/** Streams `job_event`s after number `from` and at last `job_finished`. */
export interface WatchJob {
  readonly message_type: 'watch_job';
  readonly job: string | null;
  readonly from?: number;
}

/** Answered with `jobs`. */
export interface ListJobs {
  readonly message_type: 'list_jobs';
  /** Ended ones too. */
  readonly all?: boolean;
  /** Page: only jobs with a smaller id (lists run from the latest). */
  readonly before?: number;
}

/** Answered with `job`. */
export interface GetJobStatus {
  readonly message_type: 'job_status';
  readonly job: string | null;
}

/** Answered with `job`; cancelling an ended job is not an error. */
export interface CancelJob {
  readonly message_type: 'cancel_job';
  readonly job: string | null;
  readonly cancelled_by?: string;
}

/** Forgets an ended job and deletes what was kept of it; answered with `job_removed`. */
export interface RemoveJob {
  readonly message_type: 'remove_job';
  readonly job: string;
}

/** Answered with `workers`. */
export interface ListWorkers {
  readonly message_type: 'list_workers';
}

/** Reads an attempt's stderr, or the job's list of logs; answered with `log_lines`. */
export interface ReadLog {
  readonly message_type: 'read_log';
  readonly job: string | null;
  /** `map-00012` (its latest attempt) or `map-00012.2`; left out: the attempt that failed last. */
  readonly task?: string;
  readonly offset?: number;
}

/** Asks where the bytes are that the program of a task reads; answered with `task_input`. */
export interface ReadInput {
  readonly message_type: 'read_input';
  readonly job: string | null;
  /** `map-00012`, or `map-00012.4` for what its program was reading when that attempt failed. */
  readonly task: string;
}

/** Which of these contents the Manager lacks; answered with `files`. */
export interface HasFiles {
  readonly message_type: 'has_files';
  readonly hashes: readonly string[];
}

/**
 * One chunk of a file's content, in order; the last is checked against the hash.
 * Answered with `files`, which names the content as missing until it is complete.
 */
export interface PutFile {
  readonly message_type: 'put_file';
  readonly sha256: string;
  readonly offset: number;
  readonly data_base64: string;
  readonly last: boolean;
}

/** Ends the cluster: the Manager and its Workers. Answered by closing the connection. */
export interface ClientShutdown {
  readonly message_type: 'shutdown';
}
