import { performance } from 'node:perf_hooks';

/** Time and timers as a daemon needs them; tests bring one that they move by hand. */
export interface Clock {
  /** Monotonic milliseconds, whole; never goes back. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Calls back once, at or after `delayMs` from now. Returns how to cancel it. */
  setTimer(delayMs: number, callback: () => void): () => void;
  /** Calls back once the sockets that are readable now have been read. */
  afterSockets(callback: () => void): void;
}

/** The longest delay that Node's timers take. */
const DELAY_MAX_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Math.floor(performance.now()),
  wallMs: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), DELAY_MAX_MS));
    return () => clearTimeout(timer);
  },
  afterSockets(callback) {
    setImmediate(callback);
  },
};
