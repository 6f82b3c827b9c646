/** Timers that a test can replace by virtual ones. */
export interface Timers {
  /** Calls back once after `delayMs`, unless cancelled. A waiting timer does not keep the process up. */
  after(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const realTimers: Timers = {
  after(delayMs, callback) {
    const timeout = setTimeout(callback, delayMs);
    timeout.unref();
    return {
      cancel: () => {
        clearTimeout(timeout);
      },
    };
  },
};
