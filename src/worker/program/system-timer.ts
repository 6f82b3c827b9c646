import type { Timer } from './task-clock.ts';

/** The largest delay that Node's timers take. */
const DELAY_MAX_MS = 2 ** 31 - 1;

/** Real time. */
export const systemTimer: Timer = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, DELAY_MAX_MS));
    return () => {
      clearTimeout(timer);
    };
  },
  afterSockets(callback) {
    setImmediate(callback);
  },
};
