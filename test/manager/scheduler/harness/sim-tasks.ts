import { attemptKey } from '../../../../src/protocol/ids.ts';
import type { AttemptListing } from '../../../../src/protocol/worker-messages.ts';
import type { AttemptRef } from '../../../../src/protocol/ids.ts';
import type { Behaviour } from './behaviour.ts';
import {
  type Ending,
  nameIn,
  refOf,
  type Report,
  reportOf,
  type SimAttempt,
  type TaskMessage,
} from './sim-attempts.ts';
import type { Timeline } from './timeline.ts';

/** What a Worker says of its attempts. */
export type TaskSpeech =
  | ({ readonly message_type: 'started' } & AttemptRef)
  | ({ readonly message_type: 'returned'; readonly was_started: boolean } & AttemptRef)
  | Report;

/** A simulated Worker's slots, and the attempts that wait for them or for `settled`. */
export class SimTasks {
  /** Names of attempts whose programs ran here, in order of their start. */
  readonly ran: string[] = [];
  readonly #behaviour: Behaviour;
  readonly #timeline: Timeline;
  readonly #say: (speech: TaskSpeech) => void;
  readonly #attempts = new Map<string, SimAttempt>();

  constructor(behaviour: Behaviour, timeline: Timeline, say: (speech: TaskSpeech) => void) {
    this.#behaviour = behaviour;
    this.#timeline = timeline;
    this.#say = say;
  }

  /** Names of what is here, with their state. */
  get has(): readonly string[] {
    return [...this.#attempts.values()].map((each) => `${nameIn(each.ref)} ${each.state}`);
  }

  get listings(): readonly AttemptListing[] {
    return [...this.#attempts.values()].map(({ ref, state }) => ({
      ...ref,
      state: state === 'stopping' ? 'running' : state,
    }));
  }

  /** Says again what nobody has settled. */
  repeat(): void {
    for (const { report } of this.#attempts.values()) if (report) this.#say(report);
  }

  clear(): void {
    this.#attempts.clear();
  }

  /** A Worker that does not see the shared directory gives everything back. */
  take(order: TaskMessage, isBlind: boolean): void {
    const ref = refOf(order);
    if (isBlind) return this.#giveBack(ref, false);
    if (this.#attempts.has(attemptKey(ref))) return;
    const state = 'queued';
    const attempt = {
      ref,
      order,
      state,
      started: false,
      startedAtMs: 0,
      report: undefined,
    } as const;
    this.#attempts.set(attemptKey(ref), { ...attempt });
    this.#fillSlots();
  }

  /** Ends an attempt that would run on. */
  end(name: string, ending: Ending): void {
    const attempt = [...this.#attempts.values()].find((each) => nameIn(each.ref) === name);
    if (!attempt) throw new Error(`${name} is not here; there is ${this.has.join(', ')}`);
    this.#finish(attempt, ending);
  }

  settle(ref: AttemptRef): void {
    this.#attempts.delete(attemptKey(ref));
  }

  /** A recall takes only what is queued. */
  cancel(ref: AttemptRef, isRecall: boolean): void {
    const attempt = this.#attempts.get(attemptKey(ref));
    if (!attempt || attempt.state === 'queued') return this.#giveBack(ref, false);
    if (isRecall) return;
    if (attempt.state === 'finished') return this.settle(ref);
    if (attempt.state === 'stopping') return;
    attempt.state = 'stopping';
    this.#timeline.after(this.#behaviour.killMs, () => {
      if (!this.#isHere(attempt)) return;
      this.#giveBack(ref, attempt.started);
      this.#fillSlots();
    });
  }

  returnQueued(): void {
    for (const { ref, state } of this.#attempts.values()) {
      if (state === 'queued') this.#giveBack(ref, false);
    }
  }

  #fillSlots(): void {
    for (const attempt of this.#attempts.values()) {
      if (attempt.state !== 'queued') continue;
      const busy = [...this.#attempts.values()].filter(
        ({ state }) => state === 'running' || state === 'stopping',
      );
      if (busy.length >= this.#behaviour.slots) return;
      this.#run(attempt);
    }
  }

  #run(attempt: SimAttempt): void {
    attempt.state = 'running';
    this.#timeline.after(this.#behaviour.spawnMs, () => {
      if (!this.#isHere(attempt) || attempt.state !== 'running') return;
      attempt.started = true;
      attempt.startedAtMs = this.#timeline.nowMs;
      this.ran.push(nameIn(attempt.ref));
      this.#say({ message_type: 'started', ...attempt.ref });
      if (!Number.isFinite(this.#behaviour.taskMs)) return;
      const ending = this.#behaviour.ending(nameIn(attempt.ref), attempt.order);
      const taskMs = this.#behaviour.taskMs * this.#behaviour.slowness(nameIn(attempt.ref));
      this.#timeline.after(taskMs, () => this.#finish(attempt, ending));
    });
  }

  #finish(attempt: SimAttempt, ending: Ending): void {
    if (!this.#isHere(attempt) || attempt.state !== 'running') return;
    attempt.state = 'finished';
    const durationMs = this.#timeline.nowMs - attempt.startedAtMs;
    attempt.report = reportOf(attempt, ending, durationMs);
    this.#say(attempt.report);
    this.#fillSlots();
  }

  #giveBack(ref: AttemptRef, wasStarted: boolean): void {
    this.#attempts.delete(attemptKey(ref));
    this.#say({ message_type: 'returned', ...refOf(ref), was_started: wasStarted });
  }

  #isHere(attempt: SimAttempt): boolean {
    return this.#attempts.get(attemptKey(attempt.ref)) === attempt;
  }
}
