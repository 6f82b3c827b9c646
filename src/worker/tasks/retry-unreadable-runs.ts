import { RunUnreadableError } from '../../shuffle/run-unreadable-error.ts';

export interface RetryTiming {
  nowMs(): number;
  sleep(delayMs: number): Promise<unknown>;
}

/** How long a run may stay unreadable; storage of the network shows new files with a delay. */
const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 200;
/** Runs that come and go are no better than one that is gone. */
const RETRIES_MAX = 3;

/**
 * Does the work again when a run that could not be read can be read after all, within 2 s.
 * @param isReadable looks at that run alone, so that hopeless work is not done again
 */
export async function retryUnreadableRuns<T>(
  work: () => Promise<T>,
  isReadable: (error: RunUnreadableError) => Promise<boolean>,
  timing: RetryTiming,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await work();
    } catch (error) {
      const mayRetry = error instanceof RunUnreadableError && retries < RETRIES_MAX;
      if (!mayRetry || !(await becomesReadable(error, isReadable, timing))) throw error;
    }
  }
}

async function becomesReadable(
  error: RunUnreadableError,
  isReadable: (error: RunUnreadableError) => Promise<boolean>,
  timing: RetryTiming,
): Promise<boolean> {
  const untilMs = timing.nowMs() + PATIENCE_MS;
  while (timing.nowMs() < untilMs) {
    await timing.sleep(LOOK_EVERY_MS);
    if (await isReadable(error)) return true;
  }
  return false;
}
