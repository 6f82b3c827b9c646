import type { AttemptRef, TaskRef, TaskStage } from '../../protocol/ids.ts';
import { taskName } from '../../protocol/ids.ts';
import type { FailureReport } from '../../protocol/job-report.ts';
import type { JobEnding } from './job-ending.ts';
import type {
  AttemptCounts,
  JobAcceptedRecord,
  JobEndedRecord,
  PublishingRecord,
  TaskCounts,
} from './records.ts';
import type { Commit } from './task.ts';
import type { FoundRecord } from './task-search.ts';

/**
 * What outlives a Manager, in between the records of its journal and the state of a running one:
 * records are read into it, it is what a snapshot says, and a scheduler is restored from it.
 */
export interface Past {
  nextJobId: number;
  firstJobId: number;
  /** By id, in order of acceptance. */
  readonly jobs: Map<number, JobPast>;
}

export interface JobPast {
  readonly accepted: JobAcceptedRecord;
  /** By name; tasks of which nothing is known are left out. */
  readonly tasks: Map<string, TaskPast>;
  attemptCounts: Record<TaskStage, Changeable<AttemptCounts>>;
  /** Wall clock. */
  stageTimes: Record<TaskStage, { fromMs: number | null; toMs: number }>;
  lastErrors: string[];
  lastFailed: AttemptRef | null;
  readonly failedInputs: Map<string, NonNullable<FailureReport['input']>>;
  /** Attempts that only looked for bad records. */
  probes: number;
  /** With `keep_going`: why it will fail once the other maps have ended. */
  pendingFailure: FailureReport | undefined;
  ending: JobEnding | undefined;
  publishing: Omit<PublishingRecord, 'type' | 'jobId'> | undefined;
  published: boolean;
  ended: Pick<JobEndedRecord, 'report' | 'rest'> | undefined;
}

export interface TaskPast extends Changeable<TaskCounts> {
  readonly ref: TaskRef;
  lastAttempt: number;
  readonly triedOn: Set<string>;
  /** Bad records that were isolated. */
  found: readonly FoundRecord[];
  commit: Commit | undefined;
  givenUp: boolean;
  /** Attempts that were sent out and of whose end nothing is known, the earliest first. */
  open: readonly OpenAttempt[];
}

/** Of an attempt that may be running. */
export interface OpenAttempt {
  readonly attempt: number;
  readonly workerId: string;
  readonly nonce: string;
  /** Number of the attempt that it runs beside. */
  readonly backupOf?: number;
  /** Wall clock. */
  readonly atMs: number;
}

type Changeable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export function emptyPast(): Past {
  return { nextJobId: 1, firstJobId: 1, jobs: new Map() };
}

export function jobPast(accepted: JobAcceptedRecord): JobPast {
  return {
    accepted,
    tasks: new Map(),
    attemptCounts: { map: noAttempts(), reduce: noAttempts() },
    stageTimes: { map: { fromMs: null, toMs: 0 }, reduce: { fromMs: null, toMs: 0 } },
    lastErrors: [],
    lastFailed: null,
    failedInputs: new Map(),
    probes: 0,
    pendingFailure: undefined,
    ending: undefined,
    publishing: undefined,
    published: false,
    ended: undefined,
  };
}

function noAttempts(): Changeable<AttemptCounts> {
  return { attempts: 0, failed: 0, lost: 0, unfit: 0, backups: 0 };
}

/** What is known of a task, made where nothing was known yet. */
export function taskPast(job: JobPast, ref: TaskRef): TaskPast {
  const name = taskName(ref);
  const known = job.tasks.get(name);
  if (known) return known;
  const { job_id, stage, task_index } = ref;
  const task: TaskPast = {
    ref: { job_id, stage, task_index },
    lastAttempt: 0,
    charged: 0,
    lost: 0,
    lostWithoutGoodbye: 0,
    lostAlone: 0,
    unfit: 0,
    triedOn: new Set(),
    found: [],
    commit: undefined,
    givenUp: false,
    open: [],
  };
  job.tasks.set(name, task);
  return task;
}
