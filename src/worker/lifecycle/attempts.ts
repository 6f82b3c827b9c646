import { attemptKey, type AttemptRef } from '../../protocol/ids.ts';
import type { AttemptListing } from '../../protocol/worker-messages.ts';
import { assert } from '../../runtime/assert.ts';
import type { TaskOrderMessage } from '../tasks/task-result.ts';
import type { AttemptReport } from './outbox.ts';

/** Where an attempt is on its way through this Worker. */
export type Attempt =
  /** Waits for a slot. */
  | { readonly state: 'queued'; readonly ref: AttemptRef; readonly order: TaskOrderMessage }
  | RunningAttempt
  /** Done, one way or the other, and kept until the Manager has `settled` it. */
  | { readonly state: 'finished'; readonly ref: AttemptRef; readonly report: AttemptReport };

/** Has a slot. A `stopping` one was killed on request: however it ends, it is `returned`. */
export interface RunningAttempt {
  readonly state: 'running' | 'stopping';
  readonly ref: AttemptRef;
  readonly slot: number;
  /** Whether its program has been started. */
  readonly started: boolean;
}

type StateName = Attempt['state'];

/** `absent` is before the order and after the last word on it. */
const LEGAL: Readonly<Record<StateName | 'absent', readonly (StateName | 'absent')[]>> = {
  absent: ['queued'],
  queued: ['running', 'absent'],
  running: ['stopping', 'finished'],
  stopping: ['absent'],
  finished: ['absent'],
};

/** Every attempt that this Worker answers for, in the order in which they came. */
export class Attempts {
  readonly #byKey = new Map<string, Attempt>();

  get(ref: AttemptRef): Attempt | undefined {
    return this.#byKey.get(attemptKey(ref));
  }

  /** All in one state, oldest first. */
  in<S extends StateName>(state: S): readonly Extract<Attempt, { readonly state: S }>[] {
    const found: Extract<Attempt, { readonly state: S }>[] = [];
    for (const attempt of this.#byKey.values()) {
      if (hasState(attempt, state)) found.push(attempt);
    }
    return found;
  }

  /** Those with a slot, `stopping` ones too, oldest first. */
  withSlot(): readonly RunningAttempt[] {
    return [...this.#byKey.values()].filter((attempt) => 'slot' in attempt);
  }

  /** For `register`: an attempt that is being killed still runs. */
  listings(): readonly AttemptListing[] {
    return [...this.#byKey.values()].map(({ ref, state }) => ({
      ...ref,
      state: state === 'stopping' ? 'running' : state,
    }));
  }

  queue(ref: AttemptRef, order: TaskOrderMessage): void {
    this.#become(ref, { state: 'queued', ref, order });
  }

  run(ref: AttemptRef, slot: number): void {
    this.#become(ref, { state: 'running', ref, slot, started: false });
  }

  /** Its program runs; true the first time. */
  markStarted(ref: AttemptRef): boolean {
    const attempt = this.#mustHaveSlot(ref);
    if (attempt.started) return false;
    this.#byKey.set(attemptKey(ref), { ...attempt, started: true });
    return true;
  }

  stop(ref: AttemptRef): void {
    this.#become(ref, { ...this.#mustHaveSlot(ref), state: 'stopping' });
  }

  finish(ref: AttemptRef, report: AttemptReport): void {
    this.#become(ref, { state: 'finished', ref, report });
  }

  forget(ref: AttemptRef): void {
    this.#become(ref, undefined);
  }

  /** Everything belongs to a cluster that is no more. */
  clear(): void {
    this.#byKey.clear();
  }

  #mustHaveSlot(ref: AttemptRef): RunningAttempt {
    const attempt = this.get(ref);
    assert(attempt !== undefined && 'slot' in attempt, `${attemptKey(ref)} has no slot`);
    return attempt;
  }

  #become(ref: AttemptRef, next: Attempt | undefined): void {
    const key = attemptKey(ref);
    const from = this.#byKey.get(key)?.state ?? 'absent';
    const to = next?.state ?? 'absent';
    assert(LEGAL[from].includes(to), `${key} cannot go from ${from} to ${to}`);
    if (next === undefined) this.#byKey.delete(key);
    else this.#byKey.set(key, next);
  }
}

function hasState<S extends StateName>(
  attempt: Attempt,
  state: S,
): attempt is Extract<Attempt, { readonly state: S }> {
  return attempt.state === state;
}
