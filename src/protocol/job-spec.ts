/** A file that travels with a job by content hash and stands in every attempt's directory. */
export interface ShippedFile {
  /** Relative path in the attempt's working directory, `/` separated, without `..`. */
  readonly path: string;
  /** Lower-case hex SHA-256 of its content. */
  readonly sha256: string;
  readonly bytes: number;
  /** Permission bits, e.g. 0o755. */
  readonly mode: number;
}

/**
 * What a submission asks for: the fields of `new_manager_job`.
 * Only the first four are needed, so that one line through `nc` is a job.
 */
export interface JobSpec {
  /** Files, directories or glob patterns; relative ones are the Manager's. */
  readonly input_directory: string | readonly string[];
  /** Where parts go; null puts them into the job's own directory, for the client to fetch. */
  readonly output_directory: string | null;
  readonly mapper_executable: string;
  /** May be left out only with `num_reducers: 0`. */
  readonly reducer_executable?: string;
  readonly combiner_executable?: string;
  /** A hint, as `split_bytes` is a rule. */
  readonly num_mappers?: number;
  /** 0 is a map-only job. */
  readonly num_reducers?: number;
  readonly split_bytes?: number;
  readonly job_name?: string;
  /** Made by the client: the same id again answers with the same job. */
  readonly submission_id?: string;
  /** Higher goes first; 0 by default. */
  readonly priority?: number;
  /** At most so many attempts of this job at once. */
  readonly max_running?: number;
  /** Charged failures per task before the job fails; 4 by default. */
  readonly max_attempts?: number;
  /** Losses of a task that ran alone before the job fails; 3 by default. */
  readonly max_workers_lost?: number;
  /** Finish every other map before failing. */
  readonly keep_going?: boolean;
  /** An attempt that neither reads, writes nor reports for so long is killed; 0 is never. */
  readonly task_timeout_ms?: number;
  readonly max_record_bytes?: number;
  readonly overwrite?: boolean;
  /** Write `_SUCCESS` into the output. */
  readonly success_marker?: boolean;
  /** Added to every program's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the client shipped. Left out: the Manager ships words that name its own files. */
  readonly files?: readonly ShippedFile[];
  /** The submitter's umask, for modes of parts and directories. */
  readonly umask?: number;
  /** `user@host`, for lists. */
  readonly submitted_by?: string;
}

export const JOB_DEFAULTS = {
  maxAttempts: 4,
  maxWorkersLost: 3,
  /** Uncharged losses in all before a task fails its job. */
  maxLostAttempts: 16,
  taskTimeoutMs: 600_000,
  maxRecordBytes: 64 * 1024 * 1024,
  splitBytes: 64 * 1024 * 1024,
  umask: 0o022,
} as const;
