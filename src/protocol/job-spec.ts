/** Shells drop every other variable in silence, the one that starts programs among them. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

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
  /**
   * More of them than a message holds: SHA-256 of a content sent before, each path or pattern in
   * UTF-8 followed by a NUL. Read once, for the plan.
   */
  readonly input_list?: string;
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
  /** False: no second attempt beside one that runs much longer than others did. */
  readonly backup?: boolean;
  /** An attempt that neither reads, writes nor reports for so long is killed; 0 is never. */
  readonly task_timeout_ms?: number;
  readonly max_record_bytes?: number;
  /** Lines of input that may be left out because the mapper fails at them; 0 by default. */
  readonly skip_bad_records?: number;
  /** What stands between key and value, and between fields: a TAB by default. No line feed in it. */
  readonly separator?: string;
  /** How many fields make the key: 1 by default; 0 is the whole line. */
  readonly key_fields?: number;
  /** Values of a key in byte order instead of stable order. */
  readonly sort_values?: boolean;
  /** Cut keys into ranges instead of hashing them: parts concatenated by name are sorted. */
  readonly total_order?: boolean;
  /** Commands are for `bash -o pipefail -c`. */
  readonly shell?: boolean;
  /** Exit codes of the mapper besides 0 that are a success. */
  readonly accept_exit?: readonly number[];
  readonly reducer_accept_exit?: readonly number[];
  readonly combiner_accept_exit?: readonly number[];
  /** Descend into subdirectories of inputs. */
  readonly recursive?: boolean;
  /** One mapper process reads all pieces of a task, not one each. */
  readonly one_process?: boolean;
  /** Run only about so many percent of the splits, spread over the input. */
  readonly sample_percent?: number;
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

/** How a job's records are cut and its programs are run: the same for all its tasks. */
export interface JobRules {
  readonly separator: string;
  readonly key_fields: number;
  /** Because the job says so, or because a built-in of it needs them so. */
  readonly sort_values: boolean;
  readonly total_order: boolean;
  readonly shell: boolean;
  readonly accept_exit: AcceptedExits;
  readonly one_process: boolean;
}

/** Exit codes besides 0 that are a success, by role. */
export interface AcceptedExits {
  readonly mapper: readonly number[];
  readonly combiner: readonly number[];
  readonly reducer: readonly number[];
}

/** What a program does in a job. */
export type ProgramRole = keyof AcceptedExits;

/** The rules of a job, with what it leaves out filled in. */
export function rulesOf(spec: Partial<JobSpec>): JobRules {
  return {
    separator: spec.separator ?? JOB_DEFAULTS.separator,
    key_fields: spec.key_fields ?? JOB_DEFAULTS.keyFields,
    sort_values: (spec.sort_values ?? false) || readsDistinct(spec),
    total_order: spec.total_order ?? false,
    shell: spec.shell ?? false,
    accept_exit: {
      mapper: spec.accept_exit ?? [],
      combiner: spec.combiner_accept_exit ?? [],
      reducer: spec.reducer_accept_exit ?? [],
    },
    one_process: spec.one_process ?? false,
  };
}

/**
 * Whether keys are cut into ranges. With one reduce task they are in order anyway, without one map
 * output is not sorted.
 */
export function cutsRanges(rules: Pick<JobRules, 'total_order'>, reduces: number): boolean {
  return rules.total_order && reduces > 1;
}

/** The built-in `distinct` has to see repeats in a row. Quotes do not change what a command names. */
function readsDistinct(spec: Partial<JobSpec>): boolean {
  const commands = [spec.combiner_executable, spec.reducer_executable];
  return commands.some((text) => text?.replace(/['"\\\s]/g, '') === 'distinct');
}

export const JOB_DEFAULTS = {
  maxAttempts: 4,
  maxWorkersLost: 3,
  /** Uncharged losses in all before a task fails its job. */
  maxLostAttempts: 16,
  taskTimeoutMs: 600_000,
  maxRecordBytes: 64 * 1024 * 1024,
  splitBytes: 64 * 1024 * 1024,
  separator: '\t',
  keyFields: 1,
  umask: 0o022,
} as const;
