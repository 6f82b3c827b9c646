import type { Timers } from '../../../src/protocol/net/timers.ts';

interface Waiting {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Timers that move only when a test says so. */
export class ManualTimers implements Timers {
  /** Called whenever a timer is set or cancelled. */
  onChange: () => void = () => undefined;
  #nowMs = 0;
  readonly #waiting = new Set<Waiting>();

  get waiting(): number {
    return this.#waiting.size;
  }

  after(delayMs: number, callback: () => void): { cancel: () => void } {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#waiting.add(timer);
    this.onChange();
    return {
      cancel: () => {
        this.#waiting.delete(timer);
        this.onChange();
      },
    };
  }

  /** Lets time pass; timers go off in order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = [...this.#waiting]
        .filter((timer) => timer.atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#waiting.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}
