import type { Timer } from '../../../src/worker/program/task-clock.ts';

/** Time that stands still until a test moves it. */
export class ManualTimer implements Timer {
  #nowMs = 0;
  readonly #due = new Set<{ atMs: number; callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { atMs: this.#nowMs + delayMs, callback };
    this.#due.add(entry);
    return () => {
      this.#due.delete(entry);
    };
  }

  afterSockets(callback: () => void): void {
    callback();
  }

  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const next = [...this.#due]
        .filter((entry) => entry.atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#due.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}
