import type { Timer, Timers } from './timers.ts';

/** `nc` without half-close never ends its line: so long a silence may stand for a newline. */
const SILENCE_MS = 200;
/** A line that is begun must be ended within this time. */
export const UNFINISHED_LINE_MS = 30_000;

export interface LineWatchEvents {
  /** Nothing came for {@link SILENCE_MS} in the middle of a line. */
  readonly onSilence: () => void;
  /** The line was begun {@link UNFINISHED_LINE_MS} ago. */
  readonly onUnfinished: () => void;
}

/** The two clocks of an unfinished line: since its last byte, and since its first. */
export class LineWatch {
  readonly #timers: Timers;
  readonly #events: LineWatchEvents;
  #silence: Timer | undefined;
  #unfinished: Timer | undefined;

  constructor(timers: Timers, events: LineWatchEvents) {
    this.#timers = timers;
    this.#events = events;
  }

  /** Bytes of an unfinished line came; `isNew` when they begin it. */
  touch(isNew: boolean): void {
    if (isNew) this.stop();
    this.#silence?.cancel();
    this.#silence = this.#timers.after(SILENCE_MS, this.#events.onSilence);
    this.#unfinished ??= this.#timers.after(UNFINISHED_LINE_MS, this.#events.onUnfinished);
  }

  /** No line is unfinished. */
  stop(): void {
    this.#silence?.cancel();
    this.#unfinished?.cancel();
    this.#unfinished = undefined;
  }
}
