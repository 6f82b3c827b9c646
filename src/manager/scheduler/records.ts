import type { AttemptRef } from '../../protocol/ids.ts';
import type { JobReport } from '../../protocol/job-report.ts';
import type { JobSpec } from '../../protocol/job-spec.ts';
import type {
  AttemptStatistics,
  CounterValue,
  OutputFile,
} from '../../protocol/worker-messages.ts';
import type { FoundRecord } from './task-search.ts';
import type { JobPlan, OutputPlace } from './plan.ts';

/**
 * What the journal holds: every fact that must outlive the Manager. The scheduler asks for a record
 * with an `append` command and acts on a waited-for one only when `recorded` comes back.
 */
export type JournalRecord =
  | JobAcceptedRecord
  | AttemptDispatchedRecord
  | AttemptEndedRecord
  | TaskCommittedRecord
  | MapVoidedRecord
  | PublishingRecord
  | PublishedRecord
  | JobEndedRecord
  | JobRemovedRecord;

/**
 * Whether somebody waits until the record is durable. The others say what has already happened:
 * without them a restarted Manager knows less, but nothing wrong.
 */
export function isAwaited(record: JournalRecord): boolean {
  switch (record.type) {
    case 'attempt_dispatched':
    case 'attempt_ended':
    case 'job_removed':
      return false;
    default:
      return true;
  }
}

export interface JobAcceptedRecord {
  readonly type: 'job_accepted';
  readonly jobId: number;
  readonly spec: JobSpec;
  readonly plan: JobPlan;
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
}

/** An attempt that did not commit. Written, not waited for. */
export interface AttemptEndedRecord {
  readonly type: 'attempt_ended';
  readonly attempt: AttemptRef;
  readonly outcome: 'failed' | 'lost' | 'unfit' | 'returned' | 'probed';
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
}

/** A committed map whose run is gone: it never counts again, the task starts anew. */
export interface MapVoidedRecord {
  readonly type: 'map_voided';
  readonly attempt: AttemptRef;
}

/** The point of no return: `publish/` is complete and is this directory. */
export interface PublishingRecord {
  readonly type: 'publishing';
  readonly jobId: number;
  readonly device: number;
  readonly inode: number;
}

export interface PublishedRecord {
  readonly type: 'published';
  readonly jobId: number;
}

export interface JobEndedRecord {
  readonly type: 'job_ended';
  readonly jobId: number;
  readonly report: JobReport;
}

export interface JobRemovedRecord {
  readonly type: 'job_removed';
  readonly jobId: number;
}
