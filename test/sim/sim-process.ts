import type { Clock } from '../../src/runtime/clock.ts';
import type { Timeline } from '../manager/scheduler/harness/timeline.ts';

/** Wall clock at virtual time 0. */
const WALL_MS = 1_700_000_000_000;

/**
 * One process in virtual time: it can be stopped and continued, and die. As in Node, after a
 * standstill timers come first, then what the sockets brought, then what waited for the sockets.
 */
export class SimProcess implements Clock {
  isAlive = true;
  readonly #timeline: Timeline;
  #stopped = false;
  #timersDue: (() => void)[] = [];
  #socketsDue: (() => void)[] = [];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  nowMs(): number {
    return this.#timeline.nowMs;
  }

  wallMs(): number {
    return WALL_MS + this.#timeline.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    let isOn = true;
    const fire = (): void => {
      if (isOn) callback();
    };
    this.#timeline.after(delayMs, () => {
      if (!this.isAlive || !isOn) return;
      if (this.#stopped) this.#timersDue.push(fire);
      else fire();
    });
    return () => {
      isOn = false;
    };
  }

  afterSockets(callback: () => void): void {
    this.#timeline.after(0, () => this.hear(callback));
  }

  /** Something from outside comes in: at once, or when the process runs again. */
  hear(callback: () => void): void {
    if (!this.isAlive) return;
    if (this.#stopped) this.#socketsDue.push(callback);
    else callback();
  }

  /** SIGSTOP, and SIGCONT after `forMs`. */
  standStill(forMs: number): void {
    if (this.#stopped || !this.isAlive) return;
    this.#stopped = true;
    this.#timeline.after(forMs, () => this.#goOn());
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** SIGKILL: nothing of it happens any more. */
  kill(): void {
    this.isAlive = false;
    this.#timersDue = [];
    this.#socketsDue = [];
  }

  #goOn(): void {
    this.#stopped = false;
    const due = [...this.#timersDue, ...this.#socketsDue];
    this.#timersDue = [];
    this.#socketsDue = [];
    for (const callback of due) this.hear(callback);
  }
}
