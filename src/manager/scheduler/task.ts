import { assert } from '../../runtime/assert.ts';
import type { AttemptRef, TaskStage } from '../../protocol/ids.ts';
import { attemptName, taskName } from '../../protocol/ids.ts';
import type { LineSelection } from '../../protocol/manager-orders.ts';
import type {
  AttemptStatistics,
  CounterValue,
  OutputFile,
} from '../../protocol/worker-messages.ts';
import type { TaskSearch } from './task-search.ts';

/**
 * One try at a task on one Worker. It lives from dispatch until exactly one of `finished`,
 * `failed`, `returned` or the loss of its Worker ends it.
 */
export interface Attempt {
  readonly ref: AttemptRef;
  readonly workerId: string;
  /** Of the process that has it: another one of the same name does not. */
  readonly nonce: string;
  readonly dispatchedAtMs: number;
  /** Of the order that sent it; 0 when that was never sent. Whoever speaks of it has had that order. */
  orderNumber: number;
  /** Sent to a Worker without a free slot, to be started when one frees; cleared when one has. */
  ahead: boolean;
  /** When its program was started; undefined: it was never tried. */
  startedAtMs: number | undefined;
  /** `cancel_task` was sent; only its end is awaited. */
  cancelled: boolean;
  /** Asked back, should it still wait for its slot; cleared when it turns out to have one. */
  recalled: boolean;
  /** Had the Worker to itself, because earlier attempts took theirs down. */
  readonly alone: boolean;
  /** Number of the attempt that ran so long that this one was started beside it. */
  readonly backupOf: number | undefined;
  /** What it is given of its input, where that is not simply all. */
  readonly lines: LineSelection | undefined;
  bytesRead: number;
  status: string;
}

/** What the journal says of a committed task. */
export interface Commit {
  readonly attempt: AttemptRef;
  readonly workerId: string;
  readonly outputs: readonly OutputFile[];
  readonly statistics: AttemptStatistics;
  readonly counters: readonly CounterValue[];
}

export type TaskState =
  | { readonly state: 'pending' }
  /** `rival` runs beside `attempt`: one of them is a backup, the first that finishes wins. */
  | { readonly state: 'active'; readonly attempt: Attempt; readonly rival: Attempt | undefined }
  /** Finished; its files are being checked or its record written. `rival` goes on until that is. */
  | {
      readonly state: 'committing';
      readonly commit: Commit;
      readonly attempt: Attempt;
      readonly rival: Attempt | undefined;
    }
  | { readonly state: 'committed'; readonly commit: Commit }
  /** Failed for good while the job keeps going with others. */
  | { readonly state: 'given_up' };

/** Which states may follow which. */
export const NEXT_STATES: Readonly<Record<TaskState['state'], readonly TaskState['state'][]>> = {
  pending: ['active'],
  active: ['active', 'pending', 'committing', 'given_up'],
  committing: ['active', 'committing', 'committed', 'pending'],
  committed: ['pending'],
  given_up: [],
};

/** Shared by the many tasks of which there is nothing to say yet. */
const PENDING: TaskState = { state: 'pending' };
const NOWHERE: ReadonlySet<string> = new Set();

/** A unit of a stage: one split to map, one partition to reduce. */
export class Task {
  readonly jobId: number;
  readonly stage: TaskStage;
  readonly index: number;
  readonly inputBytes: number;
  /** Charged failures. */
  charged = 0;
  /** Attempts that vanished with their Worker after they had started. */
  lost = 0;
  /** Those of them that no `goodbye` announced. */
  lostWithoutGoodbye = 0;
  /** Those of them that had the Worker to themselves. */
  lostAlone = 0;
  unfit = 0;
  /** Once it looks for bad records. */
  search: TaskSearch | undefined;
  /** No dispatch before this time: back-off after `unfit`. */
  notBeforeMs = 0;
  #triedOn: Set<string> | undefined;
  #state: TaskState = PENDING;
  #lastAttempt: number | undefined;
  #nextAttempt: number;

  constructor(
    identity: { jobId: number; stage: TaskStage; index: number },
    options: { inputBytes: number; firstAttempt: number },
  ) {
    this.jobId = identity.jobId;
    this.stage = identity.stage;
    this.index = identity.index;
    this.inputBytes = options.inputBytes;
    this.#nextAttempt = options.firstAttempt;
  }

  /** Workers on which it failed or that were unfit: others are preferred. */
  get triedOn(): ReadonlySet<string> {
    return this.#triedOn ?? NOWHERE;
  }

  noteTriedOn(workerId: string): void {
    this.#triedOn ??= new Set();
    this.#triedOn.add(workerId);
  }

  get state(): TaskState {
    return this.#state;
  }

  /** `map-00012` */
  get name(): string {
    return taskName({ stage: this.stage, task_index: this.index });
  }

  /** Number of the last attempt that was dispatched. */
  get lastAttempt(): number | undefined {
    return this.#lastAttempt;
  }

  /** An earlier Manager dispatched attempts up to this one. */
  noteAttempt(attempt: number): void {
    this.#lastAttempt = Math.max(this.#lastAttempt ?? 0, attempt);
    this.#nextAttempt = Math.max(this.#nextAttempt, attempt + 1);
  }

  /** Puts the task where an earlier Manager left it. */
  restore(state: TaskState): void {
    assert(this.#state === PENDING, () => `${this.name} is restored twice`);
    this.#state = state;
  }

  /** Two losses that nothing announced: the task may be what takes Workers down. */
  get runsAlone(): boolean {
    return this.lostWithoutGoodbye >= LOSSES_BEFORE_ALONE;
  }

  /** The only way a task changes state; an illegal move is a bug. */
  move(next: TaskState): void {
    const legal = NEXT_STATES[this.#state.state].includes(next.state);
    assert(legal, () => `${this.name}: illegal transition ${this.#state.state} → ${next.state}`);
    this.#state = next;
  }

  /** Starts the next attempt's life; the caller sends it. */
  newAttempt(
    worker: { readonly id: string; readonly nonce: string },
    nowMs: number,
    ahead: boolean,
  ): Attempt {
    const attempt = this.#next(worker, nowMs, { ahead, backupOf: undefined });
    this.move({ state: 'active', attempt, rival: undefined });
    return attempt;
  }

  /** Starts a second attempt's life beside one that is the only one so far; the caller sends it. */
  newBackup(
    worker: { readonly id: string; readonly nonce: string },
    nowMs: number,
    attempt: Attempt,
  ): Attempt {
    assert(this.isOnlyAttempt(attempt), () => `${nameOf(attempt)} cannot have a backup`);
    const backupOf = attempt.ref.attempt;
    const rival = this.#next(worker, nowMs, { ahead: false, backupOf });
    this.move({ state: 'active', attempt, rival });
    return rival;
  }

  #next(
    worker: { readonly id: string; readonly nonce: string },
    nowMs: number,
    { ahead, backupOf }: Pick<Attempt, 'ahead' | 'backupOf'>,
  ): Attempt {
    const attempt: Attempt = {
      ref: {
        job_id: this.jobId,
        stage: this.stage,
        task_index: this.index,
        attempt: this.#nextAttempt,
      },
      workerId: worker.id,
      nonce: worker.nonce,
      dispatchedAtMs: nowMs,
      orderNumber: 0,
      ahead,
      startedAtMs: undefined,
      cancelled: false,
      recalled: false,
      alone: this.runsAlone,
      backupOf,
      lines: this.search?.selection,
      bytesRead: 0,
      status: '',
    };
    this.#lastAttempt = this.#nextAttempt;
    this.#nextAttempt += 1;
    return attempt;
  }

  /** Whether the task now waits for this attempt, and perhaps for another one. */
  isCurrent({ attempt: number }: AttemptRef): boolean {
    const state = this.#state;
    if (state.state !== 'active') return false;
    return state.attempt.ref.attempt === number || state.rival?.ref.attempt === number;
  }

  /** Whether the task waits for this attempt and for no other. */
  isOnlyAttempt(attempt: Attempt): boolean {
    const state = this.#state;
    return state.state === 'active' && state.attempt === attempt && state.rival === undefined;
  }

  /** The other attempt while there are two, one of them perhaps being committed. */
  rivalOf(attempt: Attempt): Attempt | undefined {
    const state = this.#state;
    if (state.state !== 'active' && state.state !== 'committing') return undefined;
    if (state.attempt === attempt) return state.rival;
    return state.rival === attempt ? state.attempt : undefined;
  }

  /**
   * An attempt that it waited for has ended without a commit.
   * @returns whether another one goes on; otherwise the task is pending again
   */
  release(attempt: Attempt): boolean {
    const state = this.#state;
    assert(
      state.state === 'active' || state.state === 'committing',
      () => `${nameOf(attempt)} ends while ${this.name} is ${state.state}`,
    );
    if (state.rival === attempt) {
      this.move({ ...state, rival: undefined });
      return true;
    }
    assert(state.attempt === attempt, () => `${this.name} does not wait for ${nameOf(attempt)}`);
    if (state.rival === undefined) this.move({ state: 'pending' });
    else this.move({ state: 'active', attempt: state.rival, rival: undefined });
    return state.rival !== undefined;
  }
}

export const LOSSES_BEFORE_ALONE = 2;

/** `map-00012.2` for an attempt object. */
export function nameOf(attempt: Attempt): string {
  return attemptName(attempt.ref);
}

/** What the journal says of those of the tasks that are committed, one after the other. */
export function* commitsOf(tasks: readonly Task[]): Generator<Commit> {
  for (const { state } of tasks) if (state.state === 'committed') yield state.commit;
}
