import type { ClientMessage, HasFiles, PutFile } from '../../protocol/client-messages.ts';
import type { AttemptRef } from '../../protocol/ids.ts';
import type { ManifestEntry } from '../../protocol/manager-orders.ts';
import type { Heartbeat, WorkerMessage } from '../../protocol/worker-messages.ts';
import type { JobPlan } from './plan.ts';
import type { JournalRecord } from './records.ts';

/** A connection, numbered by the shell; never reused. */
export type ConnectionId = number;

/** Client messages that the scheduler decides on; files go straight to the file store. */
export type ScheduledClientMessage = Exclude<ClientMessage, HasFiles | PutFile>;

/** Everything that can happen to the Manager. */
export type ManagerEvent =
  | { readonly type: 'tick' }
  /** First of all: what the journal holds of earlier Managers. */
  | {
      readonly type: 'restore';
      readonly records: readonly JournalRecord[];
      /** Wall clock, milliseconds since 1970. */
      readonly wallMs: number;
    }
  /** The process was asked to stop (a signal): this Manager alone, its Workers wait for the next. */
  | { readonly type: 'stop' }
  /** The process itself stood still for so long; nobody else is to blame. */
  | { readonly type: 'paused'; readonly pauseMs: number }
  | {
      readonly type: 'client_message';
      readonly client: ConnectionId;
      readonly message: ScheduledClientMessage;
      /** Wall clock, milliseconds since 1970. */
      readonly wallMs: number;
    }
  /** The client sends no more (half-close), but still listens: answer, then close. */
  | { readonly type: 'client_ended'; readonly client: ConnectionId }
  | { readonly type: 'client_closed'; readonly client: ConnectionId }
  | {
      readonly type: 'worker_message';
      readonly connection: ConnectionId;
      readonly message: WorkerMessage;
      /** The peer's address, for people. */
      readonly address: string;
    }
  | { readonly type: 'worker_closed'; readonly connection: ConnectionId; readonly reason: string }
  | { readonly type: 'heartbeat'; readonly message: Heartbeat }
  /** Outcomes of `prepare_job`. */
  | { readonly type: 'job_prepared'; readonly request: number; readonly plan: JobPlan }
  | { readonly type: 'job_refused'; readonly request: number; readonly reason: string }
  /** Outcomes of `make_staging`. */
  | { readonly type: 'staging_made'; readonly jobId: number }
  | { readonly type: 'staging_failed'; readonly jobId: number; readonly reason: string }
  /** A record is durable. */
  | { readonly type: 'recorded'; readonly record: JournalRecord }
  /** Outcome of `check_outputs`: null when every file is there with its size. */
  | {
      readonly type: 'outputs_checked';
      readonly attempt: AttemptRef;
      readonly problem: string | null;
    }
  /** Outcome of `check_run`: null when the run is sound and the report was wrong. */
  | { readonly type: 'run_checked'; readonly run: AttemptRef; readonly problem: string | null }
  | {
      readonly type: 'manifest_written';
      readonly jobId: number;
      readonly version: number;
      readonly path: string;
    }
  /** The manifest was not written: these runs cannot be sampled. */
  | {
      readonly type: 'runs_unreadable';
      readonly jobId: number;
      readonly version: number;
      readonly runs: readonly UnreadableRun[];
    }
  /** Any step for a job that the Manager's own storage refused: fails the job. */
  | { readonly type: 'storage_failed'; readonly jobId: number; readonly reason: string }
  /** Outcomes of `prepare_publish` and `publish`. */
  | {
      readonly type: 'publish_prepared';
      readonly jobId: number;
      readonly device: number;
      readonly inode: number;
      readonly parts: number;
    }
  | { readonly type: 'published'; readonly jobId: number }
  | { readonly type: 'publish_failed'; readonly jobId: number; readonly reason: string }
  /** Outcomes of `clean_up` and `remove_job_files`. */
  | { readonly type: 'cleaned_up'; readonly jobId: number; readonly keptBytes: number }
  | { readonly type: 'job_files_removed'; readonly jobId: number; readonly freedBytes: number }
  /** `read_log` or `read_plan` was answered by the shell, well or not. */
  | { readonly type: 'client_answered'; readonly client: ConnectionId }
  /** Free space of the shared directory crossed the limit. */
  | { readonly type: 'storage_room'; readonly hasRoom: boolean; readonly detail: string };

/** A run of a manifest, and why it cannot be read. */
export interface UnreadableRun extends ManifestEntry {
  readonly problem: string;
}
