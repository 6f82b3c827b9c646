import type { AttemptRef, TaskRef, TaskStage } from '../../protocol/ids.ts';
import type { FailureReport, JobReport } from '../../protocol/job-report.ts';
import type { JobSpec } from '../../protocol/job-spec.ts';
import type {
  AttemptStatistics,
  CounterValue,
  OutputFile,
} from '../../protocol/worker-messages.ts';
import type { JobEnding } from './job-ending.ts';
import type { FoundRecord } from './task-search.ts';
import type { KeptPlan, OutputPlace, MapPieces } from './plan.ts';

/**
 * What the journal holds: every fact that must outlive the Manager. The scheduler asks for a record
 * with an `append` command and acts on a waited-for one only when `recorded` comes back.
 */
export type JournalRecord =
  | JobAcceptedRecord
  | AttemptDispatchedRecord
  | AttemptEndedRecord
  | TaskCommittedRecord
  | TaskGivenUpRecord
  | MapVoidedRecord
  | JobStoppingRecord
  | PublishingRecord
  | PublishedRecord
  | JobEndedRecord
  | JobRemovedRecord
  | NumbersRecord
  | JobNotedRecord;

/** Nobody acts on what these say before they are durable. */
type AwaitedRecord = Exclude<
  JournalRecord,
  | AttemptDispatchedRecord
  | AttemptEndedRecord
  | TaskGivenUpRecord
  | JobRemovedRecord
  | NumbersRecord
  | JobNotedRecord
>;

/**
 * Whether somebody waits until the record is durable. The others say what has already happened:
 * without them a restarted Manager knows less, but nothing wrong.
 */
export function isAwaited(record: JournalRecord): record is AwaitedRecord {
  switch (record.type) {
    case 'attempt_dispatched':
    case 'attempt_ended':
    case 'task_given_up':
    case 'job_removed':
    case 'numbers':
    case 'job_noted':
      return false;
    default:
      record satisfies AwaitedRecord;
      return true;
  }
}

export interface JobAcceptedRecord {
  readonly type: 'job_accepted';
  readonly jobId: number;
  readonly spec: JobSpec;
  readonly plan: KeptPlan;
  /** Only where a job is restored: they stand in its `job.json`, written and synced before. */
  readonly maps?: MapPieces;
  readonly place: OutputPlace;
  /** Wall clock, milliseconds since 1970. */
  readonly submittedAtMs: number;
}

/** Written, not waited for. */
export interface AttemptDispatchedRecord {
  readonly type: 'attempt_dispatched';
  readonly attempt: AttemptRef;
  readonly workerId: string;
  readonly nonce: string;
  /** Number of the attempt that it runs beside. */
  readonly backupOf?: number;
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
}

/** An attempt that did not commit. Written, not waited for. */
export interface AttemptEndedRecord {
  readonly type: 'attempt_ended';
  readonly attempt: AttemptRef;
  readonly workerId: string;
  /** `cannot_start` and `input_changed` are unfit for people; the task itself is not blamed. */
  readonly outcome:
    'failed' | 'lost' | 'unfit' | 'returned' | 'cannot_start' | 'input_changed' | 'probed';
  /** In words, for people. */
  readonly detail: string;
  /** Of a lost one: its Worker said goodbye. */
  readonly announced?: true;
  /** Of a failed one that read several pieces: at which. */
  readonly input?: NonNullable<FailureReport['input']>;
  /** Of one that isolated a bad record. */
  readonly isolated?: FoundRecord;
}

/** The commit point of a task. */
export interface TaskCommittedRecord {
  readonly type: 'task_committed';
  readonly attempt: AttemptRef;
  readonly workerId: string;
  readonly outputs: readonly OutputFile[];
  readonly statistics: AttemptStatistics;
  readonly counters: readonly CounterValue[];
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
}

/** With `keep_going`: a map that has used up its attempts. Written, not waited for. */
export interface TaskGivenUpRecord {
  readonly type: 'task_given_up';
  readonly task: TaskRef;
  /** How the job will fail. */
  readonly failure: FailureReport;
}

/** A committed map whose run is gone: it never counts again, the task starts anew. */
export interface MapVoidedRecord {
  readonly type: 'map_voided';
  readonly attempt: AttemptRef;
}

/** The job will end without success, whatever comes: what its attempts wrote may go. */
export interface JobStoppingRecord {
  readonly type: 'job_stopping';
  readonly jobId: number;
  readonly ending: JobEnding;
}

/** The point of no return: `publish/` is complete and is this directory. */
export interface PublishingRecord {
  readonly type: 'publishing';
  readonly jobId: number;
  readonly device: number;
  readonly inode: number;
  readonly parts: number;
}

export interface PublishedRecord {
  readonly type: 'published';
  readonly jobId: number;
}

export interface JobEndedRecord {
  readonly type: 'job_ended';
  readonly jobId: number;
  readonly report: JobReport;
  readonly rest: EndedRest;
}

/** What is asked for of an ended job and does not stand in its report. */
export interface EndedRest {
  readonly mapsCommitted: number;
  readonly reducesCommitted: number;
  readonly manifestPath: string | null;
  /** The number of each task's last attempt: the usual one, and where it is another. */
  readonly usualAttempt: number;
  readonly lastAttempts: readonly (readonly [task: string, attempt: number])[];
  readonly lastErrors: readonly string[];
  readonly lastFailed: AttemptRef | null;
  readonly failedInputs: FailedInputs;
}

/** By the name of the attempt: at which of its pieces it failed. */
export type FailedInputs = readonly (readonly [
  attempt: string,
  input: NonNullable<FailureReport['input']>,
])[];

export interface JobRemovedRecord {
  readonly type: 'job_removed';
  readonly jobId: number;
}

/** First of a snapshot. */
export interface NumbersRecord {
  readonly type: 'numbers';
  /** Below it all numbers of jobs are taken. */
  readonly nextJobId: number;
  /** Jobs below it are older than the journal, which knows nothing of them. */
  readonly firstJobId: number;
}

/** Of a snapshot: what became of a job that goes on, beside its commits and its open attempts. */
export interface JobNotedRecord {
  readonly type: 'job_noted';
  readonly jobId: number;
  readonly attemptCounts: Readonly<Record<TaskStage, AttemptCounts>>;
  /** Wall clock; null: nothing of the stage has begun. */
  readonly stageTimes: Readonly<
    Record<TaskStage, { readonly fromMs: number | null; readonly toMs: number }>
  >;
  readonly lastErrors: readonly string[];
  readonly lastFailed: AttemptRef | null;
  readonly failedInputs: FailedInputs;
  /** Attempts that only looked for bad records. */
  readonly probes: number;
  /** Those of which there is more to say than that one attempt committed or is under way. */
  readonly tasks: readonly TaskNote[];
}

export interface AttemptCounts {
  readonly attempts: number;
  readonly failed: number;
  readonly lost: number;
  readonly unfit: number;
  readonly backups: number;
}

export interface TaskNote extends TaskCounts {
  readonly task: TaskRef;
  readonly lastAttempt: number;
  readonly triedOn: readonly string[];
  /** Bad records that were isolated. */
  readonly found: readonly FoundRecord[];
}

/** Of whatever has them, these alone. */
export function taskCounts(of: TaskCounts): TaskCounts {
  const { charged, lost, lostWithoutGoodbye, lostAlone, unfit } = of;
  return { charged, lost, lostWithoutGoodbye, lostAlone, unfit };
}

/** What a task has cost so far. */
export interface TaskCounts {
  readonly charged: number;
  readonly lost: number;
  readonly lostWithoutGoodbye: number;
  readonly lostAlone: number;
  readonly unfit: number;
}
