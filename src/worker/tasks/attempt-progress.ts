import type { SlotEvent } from './task-result.ts';

const INTERVAL_MS = 500;

/** Tells how far an attempt is, at most twice a second and only while something changes. */
export class AttemptProgress {
  bytesRead = 0;
  bytesWritten = 0;
  status = '';
  readonly #onEvent: (event: SlotEvent) => void;
  readonly #timer: NodeJS.Timeout;
  #told = '';
  #isStarted = false;

  constructor(onEvent: (event: SlotEvent) => void) {
    this.#onEvent = onEvent;
    this.#timer = setInterval(() => {
      this.#tell();
    }, INTERVAL_MS);
  }

  /** The first program, or built-in, runs now. Once. */
  started(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#onEvent({ type: 'started' });
  }

  /** Tells the last of it. */
  stop(): void {
    clearInterval(this.#timer);
    this.#tell();
  }

  #tell(): void {
    const { bytesRead, bytesWritten, status } = this;
    const now = `${String(bytesRead)} ${String(bytesWritten)} ${status}`;
    if (!this.#isStarted || now === this.#told || now === '0 0 ') return;
    this.#told = now;
    this.#onEvent({ type: 'progress', bytesRead, bytesWritten, status });
  }
}
