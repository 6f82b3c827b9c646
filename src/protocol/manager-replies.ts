import type {
  JobEvent,
  JobReport,
  JobStatus,
  JobSummary,
  PlanSummary,
  WorkerView,
} from './job-report.ts';
import type { NewMapTask, NewReduceTask } from './manager-orders.ts';

/** What the Manager answers to clients. */
export type ManagerReply =
  | JobAccepted
  | JobPlan
  | JobEventMessage
  | JobFinished
  | Jobs
  | JobReply
  | JobRemoved
  | Workers
  | LogLines
  | TaskInput
  | Files
  | ErrorMessage;

export interface JobAccepted {
  readonly message_type: 'job_accepted';
  readonly job_id: number;
  readonly job: string;
  readonly output_directory: string;
  readonly warnings: readonly string[];
}

export interface JobPlan {
  readonly message_type: 'job_plan';
  readonly plan: PlanSummary;
}

export interface JobEventMessage {
  readonly message_type: 'job_event';
  readonly job_id: number;
  readonly number: number;
  readonly event: JobEvent;
}

export interface JobFinished {
  readonly message_type: 'job_finished';
  readonly job_id: number;
  readonly report: JobReport;
}

export interface Jobs {
  readonly message_type: 'jobs';
  readonly jobs: readonly JobSummary[];
  readonly finished_today: number;
  /** Ask again with `before` this id; null at the end. */
  readonly next: number | null;
}

export interface JobReply {
  readonly message_type: 'job';
  readonly status: JobStatus;
}

export interface JobRemoved {
  readonly message_type: 'job_removed';
  readonly job: string;
  readonly freed_bytes: number;
}

export interface Workers {
  readonly message_type: 'workers';
  readonly workers: readonly WorkerView[];
}

export interface LogLines {
  readonly message_type: 'log_lines';
  /** Whose log it is: `map-00012.2`. */
  readonly attempt: string;
  readonly path: string;
  /** Bytes that are not UTF-8 are replaced. */
  readonly lines: readonly string[];
  /** Ask again with this offset; null at the end. */
  readonly next: number | null;
}

/** Where the bytes are that the program of a task reads. The Manager does not open them. */
export interface TaskInput {
  readonly message_type: 'task_input';
  readonly job: string;
  /** `map-00012`, or as it was asked for with an attempt: `map-00012.4`. */
  readonly task: string;
  readonly source: TaskSource;
}

/** In the words of the order that a Worker gets. */
export type TaskSource = MapSource | ReduceSource;

export interface MapSource extends Pick<NewMapTask, 'pieces' | 'rules'> {
  readonly kind: 'map';
  /** The piece that the program of the named attempt was reading when it failed; null: none. */
  readonly failed_at: {
    readonly path: string;
    readonly start: number;
    readonly length: number;
  } | null;
}

export interface ReduceSource extends Pick<
  NewReduceTask,
  'job_directory' | 'manifest_path' | 'task_index' | 'reduces' | 'rules'
> {
  readonly kind: 'reduce';
}

export interface Files {
  readonly message_type: 'files';
  readonly missing: readonly string[];
}

/** Legal in every direction and never answered. */
export interface ErrorMessage {
  readonly message_type: 'error';
  readonly code: ErrorCode;
  readonly message: string;
}

export type ErrorCode =
  | 'bad_json'
  | 'bad_message'
  | 'unknown_type'
  | 'too_long'
  | 'not_allowed'
  | 'refused'
  | 'no_such_job'
  | 'version_mismatch'
  | 'stale_epoch'
  | 'stopping'
  | 'internal';
