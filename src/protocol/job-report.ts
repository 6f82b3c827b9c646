import type { TaskStage } from './ids.ts';
import type { ProgramRole } from './job-spec.ts';
import type { LinePlace } from './worker-messages.ts';

/** Stages in order of progress; publish runs in the Manager. */
export type JobStage = TaskStage | 'publish';

/** What a finished job ended as. */
export type JobOutcome = 'succeeded' | 'failed' | 'cancelled';

/** Where a job is. `accepted` waits for its turn. */
export type JobState = 'preparing' | 'accepted' | 'running' | 'publishing' | JobOutcome;

/** Numbers of one stage, live. Bytes count committed input plus what running attempts have read. */
export interface StageProgress {
  readonly tasks: number;
  readonly done: number;
  readonly running: number;
  /** Charged failures so far. */
  readonly failed: number;
  /** Uncharged losses so far. */
  readonly lost: number;
  /** Second attempts so far, beside one that ran long. */
  readonly backups: number;
  readonly bytes_done: number;
  readonly bytes_total: number;
}

/** One row of `mapreduce list`. */
export interface JobSummary {
  readonly job_id: number;
  readonly job: string;
  readonly name: string;
  readonly state: JobState;
  readonly submitted_by: string;
  /** Wall clock, milliseconds since 1970; 0 while unknown. */
  readonly submitted_at_ms: number;
  readonly finished_at_ms: number | null;
  readonly output_directory: string;
  readonly maps: StageProgress;
  readonly reduces: StageProgress;
}

/** Counters as GROUP → NAME → exact integer in decimal. */
export type Counters = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Totals of one stage over its committed attempts, and how many attempts it took. */
export interface StageReport {
  readonly tasks: number;
  readonly attempts: number;
  readonly failed: number;
  readonly lost: number;
  readonly unfit: number;
  /** Those that were started beside one that ran long. */
  readonly backups: number;
  readonly input_bytes: number;
  /** Null when that of some attempt is. */
  readonly input_records: number | null;
  readonly output_bytes: number;
  readonly output_records: number;
  /** How often a sort buffer filled up, per committed attempt. */
  readonly spills: { readonly min: number; readonly max: number; readonly total: number };
  readonly duration_ms: number;
}

/** What the combiner did, over all committed maps. */
export interface CombinerReport {
  /** Records that went through it, and what became of them. */
  readonly input_records: number;
  readonly output_records: number;
  /** Records written past it, for it hardly made fewer of those before them. */
  readonly skipped_records: number;
}

/** What a sample was taken from: the whole job, and the cluster it would run on. */
export interface SamplePlan {
  /** As asked for. */
  readonly percent: number;
  readonly maps: number;
  readonly input_bytes: number;
  /** When the sample was planned. */
  readonly slots: number;
  /** Free where map output goes; null when that is not known. */
  readonly free_bytes: number | null;
}

/** What a sample showed, for a forecast of the whole job. */
export interface SampleReport extends SamplePlan {
  /** Sums over committed attempts. */
  readonly map_task_ms: number;
  readonly reduce_task_ms: number;
  readonly longest_reduce_ms: number;
  readonly largest_partition: LargestPartition | null;
  /** Most records first. */
  readonly largest_keys: readonly GroupSize[];
}

export interface LargestPartition {
  /** `reduce-00003` */
  readonly task: string;
  readonly input_bytes: number;
  readonly input_records: number;
}

/** How many records a reduce had for one key. */
export interface GroupSize {
  /** In quotes: lossy, escaped and cut. */
  readonly key: string;
  readonly records: number;
}

/** Why a job failed, for a person and for `--json`. */
export interface FailureReport {
  /** `map-00012.4`, or null when no attempt is to blame. */
  readonly attempt: string | null;
  readonly worker_id: string | null;
  /** The piece of input that the attempt read, for maps. */
  readonly input: { readonly path: string; readonly start: number; readonly length: number } | null;
  /** In words: `exit code 3`, `killed by SIGSEGV (segmentation fault)`. */
  readonly cause: string;
  readonly exit_code: number | null;
  readonly signal: string | null;
  /** What to do about it, where that is known. */
  readonly mend: string | null;
  readonly command: string | null;
  /** What the program does in the job. */
  readonly role: ProgramRole | null;
  /** What to pipe `mapreduce input` into: a line for a shell; null for a built-in. */
  readonly reproduce: string | null;
  /** The last lines of the program's stderr. */
  readonly stderr_tail: readonly string[];
  readonly charged_attempts: number;
}

/** A line of input at which the mapper fails. */
export interface BadRecord extends LinePlace {
  /** `map-00012` */
  readonly task: string;
  readonly cause: string;
}

/** What became of `skip_bad_records`. */
export interface BadRecordsReport {
  /** How many lines may be left out. */
  readonly limit: number;
  /** Attempts that only looked for bad lines. */
  readonly probes: number;
  /** All that were found; those of a job that succeeded were left out. */
  readonly found: readonly BadRecord[];
}

/** `job_finished`, `report.json` and `mapreduce-submit --json`. Fields are only ever added. */
export interface JobReport {
  readonly schema_version: 1;
  readonly job_id: number;
  readonly job: string;
  readonly name: string;
  readonly outcome: JobOutcome;
  readonly submitted_at_ms: number;
  readonly finished_at_ms: number;
  readonly duration_ms: number;
  readonly input_files: number;
  readonly input_bytes: number;
  readonly output_directory: string;
  readonly output_parts: number;
  readonly output_bytes: number;
  readonly output_records: number;
  readonly maps: StageReport;
  readonly reduces: StageReport;
  /** Null for a job without a combiner. */
  readonly combiner: CombinerReport | null;
  readonly counters: Counters;
  readonly failure: FailureReport | null;
  /** Who cancelled, for a cancelled job. */
  readonly cancelled_by: string | null;
  /** What is kept of it for inspection, logs and all, in bytes; 0 after success. */
  readonly kept_bytes: number;
  readonly warnings: readonly string[];
  /** Of a job that ran on a sample of its input; its other numbers are the sample's. */
  readonly sample: SampleReport | null;
  /** Null for a job that may leave out none. */
  readonly bad_records: BadRecordsReport | null;
}

/** One live or recent attempt, for `mapreduce status`. */
export interface AttemptView {
  readonly attempt: string;
  readonly worker_id: string;
  readonly state: 'queued' | 'running' | 'finishing';
  readonly running_ms: number;
  readonly bytes_read: number;
  /** Last `reporter:status:` line. */
  readonly status: string;
}

/** `mapreduce status`. */
export interface JobStatus extends JobSummary {
  readonly waiting_for: string | null;
  readonly running_attempts: readonly AttemptView[];
  readonly last_errors: readonly string[];
  readonly counters: Counters;
  readonly warnings: readonly string[];
  /** Null for a job that may leave out none. */
  readonly bad_records: BadRecordsReport | null;
  /** Present once the job ended. */
  readonly report: JobReport | null;
}

/** `mapreduce workers`. */
export interface WorkerView {
  readonly worker_id: string;
  /** `live`, `silent` (connection gone, grace running), `paused` (unfit), `blind` (wrong directory), `draining`. */
  readonly state: 'live' | 'silent' | 'paused' | 'blind' | 'draining';
  /** Why it gets no tasks, when it gets none. */
  readonly reason: string | null;
  readonly address: string;
  readonly slots: number;
  readonly running: number;
  readonly queued: number;
  readonly finished: number;
  readonly failed: number;
  readonly last_sign_of_life_ms_ago: number;
  readonly udp: boolean;
}

/** What `--dry-run` prints and `job_accepted` sums up. */
export interface PlanSummary {
  readonly input_files: number;
  readonly input_bytes: number;
  readonly maps: number;
  readonly reduces: number;
  readonly split_bytes: number;
  readonly output_directory: string;
  /** Why so many maps and reduces, and how the output is put in place. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  /** What each command resolved to. */
  readonly commands: readonly { readonly role: string; readonly command: string }[];
  /** The whole job, where only a sample of it runs. */
  readonly sample: SamplePlan | null;
}

/** Something that happened to a job, numbered from 1; clients show it as one line. */
export type JobEvent =
  | { readonly kind: 'accepted'; readonly plan: PlanSummary }
  | { readonly kind: 'no_workers' }
  | { readonly kind: 'queued_behind'; readonly job: string; readonly percent: number }
  | { readonly kind: 'stage_started'; readonly stage: JobStage; readonly tasks: number }
  | {
      readonly kind: 'attempt_failed';
      readonly attempt: string;
      readonly worker_id: string;
      readonly cause: string;
      readonly charged: number;
      readonly max_attempts: number;
    }
  | {
      readonly kind: 'attempt_lost';
      readonly attempt: string;
      readonly worker_id: string;
      readonly cause: string;
    }
  | {
      readonly kind: 'attempt_unfit';
      readonly attempt: string;
      readonly worker_id: string;
      readonly cause: string;
    }
  | {
      readonly kind: 'backup_started';
      readonly attempt: string;
      readonly worker_id: string;
      /** The one that runs so long, where, and for how long so far. */
      readonly slow_attempt: string;
      readonly slow_worker_id: string;
      readonly ran_ms: number;
    }
  /** The Manager was started anew and goes on with the job. */
  | {
      readonly kind: 'resumed';
      readonly maps: StageProgress;
      readonly reduces: StageProgress;
    }
  | { readonly kind: 'map_voided'; readonly task: string; readonly cause: string }
  | { readonly kind: 'warning'; readonly text: string }
  | {
      /** A snapshot, not kept: it carries the number of the last kept event. */
      readonly kind: 'progress';
      readonly stage: JobStage;
      readonly maps: StageProgress;
      readonly reduces: StageProgress;
      readonly slots: number;
      readonly status: string;
    };
