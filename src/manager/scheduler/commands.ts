import type { AttemptRef } from '../../protocol/ids.ts';
import type { JobReport } from '../../protocol/job-report.ts';
import type { JobSpec } from '../../protocol/job-spec.ts';
import type { ManifestEntry } from '../../protocol/manager-orders.ts';
import type { ManagerReply, MapSource, TaskInput } from '../../protocol/manager-replies.ts';
import type { ConnectionId } from './events.ts';
import type { JobPlan, OutputPlace } from './plan.ts';
import type { JournalRecord } from './records.ts';
import type { OrderParts } from './task-order.ts';

/** Everything the scheduler can ask for. Each outcome comes back as an event. */
export type ManagerCommand =
  | {
      readonly type: 'send_client';
      readonly client: ConnectionId;
      readonly message: ManagerReply;
      /** A snapshot: may be left out when the client reads slowly. */
      readonly droppable: boolean;
    }
  /** After what was sent has left. */
  | { readonly type: 'close_client'; readonly client: ConnectionId }
  | ({ readonly type: 'send_worker'; readonly connection: ConnectionId } & OrderParts)
  /** An answer in error before or instead of registration. */
  | {
      readonly type: 'refuse_worker';
      readonly connection: ConnectionId;
      readonly code: 'version_mismatch' | 'stopping' | 'bad_message' | 'stale_epoch';
      readonly message: string;
    }
  | { readonly type: 'close_worker'; readonly connection: ConnectionId; readonly reason: string }
  /**
   * List inputs, check programs, resolve the output, plan: `job_prepared` or `job_refused`.
   * Creates nothing. `slots` is how many the cluster has now.
   */
  | {
      readonly type: 'prepare_job';
      readonly request: number;
      readonly spec: JobSpec;
      readonly slots: number;
    }
  /** Make the job's directory and its staging: `staging_made` or `staging_failed`. */
  | {
      readonly type: 'make_staging';
      readonly jobId: number;
      readonly spec: JobSpec;
      readonly plan: JobPlan;
      readonly place: OutputPlace;
    }
  | { readonly type: 'append'; readonly record: JournalRecord }
  /** Stat what an attempt says it wrote: `outputs_checked`. */
  | {
      readonly type: 'check_outputs';
      readonly attempt: AttemptRef;
      readonly files: readonly { readonly path: string; readonly bytes: number }[];
    }
  /** Read a whole run that a Worker called broken: `run_checked`. */
  | { readonly type: 'check_run'; readonly run: AttemptRef }
  /** `manifest_written`, `runs_unreadable` or `storage_failed`. */
  | {
      readonly type: 'write_manifest';
      readonly jobId: number;
      /** Counts manifests of this job: a voided map makes a new one. */
      readonly version: number;
      readonly entries: readonly ManifestEntry[];
      /**
       * Into how many ranges keys are to be cut, by a sample of these runs and once for all
       * manifests of the job; null when they are partitioned by hash.
       */
      readonly ranges: number | null;
    }
  /** Move the winners to `publish/`, check sizes, sync: `publish_prepared` or `publish_failed`. */
  | {
      readonly type: 'prepare_publish';
      readonly jobId: number;
      readonly place: OutputPlace;
      readonly parts: readonly PublishPart[];
      readonly totalParts: number;
      /** Attempts that left lines of their input out, and these beside their result. */
      readonly badRecords: readonly AttemptRef[];
      readonly successMarker: boolean;
      /** For the modes of directories and the marker. */
      readonly umask: number;
    }
  /** Put it in place: `published` or `publish_failed`. */
  | {
      readonly type: 'publish';
      readonly jobId: number;
      readonly place: OutputPlace;
      readonly overwrite: boolean;
      readonly device: number;
      readonly inode: number;
    }
  /**
   * After a job's end: remove its staging, its intermediate data too unless `keepIntermediates`,
   * and write the report: `cleaned_up`.
   */
  | {
      readonly type: 'clean_up';
      readonly jobId: number;
      readonly place: OutputPlace;
      readonly keepIntermediates: boolean;
    }
  | { readonly type: 'write_report'; readonly jobId: number; readonly report: JobReport }
  /** One row of `joblog.tsv`. */
  | { readonly type: 'log_attempt'; readonly row: AttemptLogRow }
  /** Delete all that is left of an ended job: `job_files_removed`. */
  | { readonly type: 'remove_job_files'; readonly jobId: number }
  /** Delete shipped files that no job needs any more. */
  | { readonly type: 'remove_shipped_files'; readonly hashes: readonly string[] }
  /** Answer `read_log` from the attempt's stderr file: `client_answered`. */
  | {
      readonly type: 'read_log';
      readonly client: ConnectionId;
      readonly attempt: AttemptRef;
      readonly offset: number;
    }
  /** Answer `read_input` of a map: its pieces from the job's file, the rest is here. `client_answered`. */
  | {
      readonly type: 'read_plan';
      readonly client: ConnectionId;
      readonly jobId: number;
      readonly taskIndex: number;
      readonly answer: MapInput;
    }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
    }
  | { readonly type: 'exit'; readonly code: number };

/** A `task_input` of a map that lacks its pieces. */
export interface MapInput extends Pick<TaskInput, 'job' | 'task'> {
  readonly source: Omit<MapSource, 'pieces'>;
}

/** One committed attempt's files on their way into the output. */
export interface PublishPart {
  readonly attempt: AttemptRef;
  /** Number of the part; null when the attempt left no part (empty map-only output). */
  readonly partIndex: number | null;
  readonly bytes: number;
  /** Names of side files, promoted as they are. */
  readonly sideFiles: readonly string[];
}

/** GNU parallel's job log, for attempts. */
export interface AttemptLogRow {
  readonly attempt: AttemptRef;
  readonly workerId: string;
  /** Wall clock, milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly outcome: 'finished' | 'failed' | 'lost' | 'unfit' | 'returned' | 'probed';
  readonly detail: string;
}
