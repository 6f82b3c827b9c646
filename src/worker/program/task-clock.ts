/** Time as a task clock sees it; monotonic milliseconds. */
export interface Timer {
  nowMs(): number;
  /** Calls back once after a delay; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back once all that has arrived by now was handled. */
  afterSockets(callback: () => void): void;
}

/**
 * Says when a program has neither read, written nor reported for too long (`--task-timeout`).
 * Time in which the program waits for the Worker does not count: see {@link TaskClock.hold}.
 */
export class TaskClock {
  readonly #timeoutMs: number;
  readonly #timer: Timer;
  readonly #onExpired: () => void;
  #lastSignMs: number;
  #holds = 0;
  #stopped = false;
  #cancel: () => void = () => undefined;

  /** @param options.timeoutMs 0 never expires */
  constructor(options: { timeoutMs: number; timer: Timer; onExpired: () => void }) {
    this.#timeoutMs = options.timeoutMs;
    this.#timer = options.timer;
    this.#onExpired = options.onExpired;
    this.#lastSignMs = options.timer.nowMs();
    if (options.timeoutMs > 0) this.#wait(options.timeoutMs);
  }

  /** The program has read, written or reported. */
  touch(): void {
    this.#lastSignMs = this.#timer.nowMs();
  }

  /** From now until `release` the program waits for us. */
  hold(): void {
    this.#holds++;
  }

  /** Ends one `hold`; the program gets its full time again. */
  release(): void {
    this.#holds--;
    this.touch();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #wait(delayMs: number): void {
    this.#cancel = this.#timer.after(delayMs, () => {
      // Long synchronous work of this thread may have kept signs of life waiting.
      this.#timer.afterSockets(() => {
        this.#judge();
      });
    });
  }

  #judge(): void {
    if (this.#stopped) return;
    const leftMs =
      this.#holds > 0 ? this.#timeoutMs : this.#lastSignMs + this.#timeoutMs - this.#timer.nowMs();
    if (leftMs > 0) {
      this.#wait(leftMs);
      return;
    }
    this.#stopped = true;
    this.#onExpired();
  }
}
