import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../system-error.ts';

const RETRIES = 5;
const RETRY_DELAY_MS = 100;

/**
 * Removes a directory and all in it; one that is not there is fine.
 * An attempt that does not know yet that it lost may still add files: then the directory is "not
 * empty" and removed again a moment later.
 * @throws the last system error
 */
export async function removeTree(
  path: string,
  retryDelayMs: number = RETRY_DELAY_MS,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rm(path, { recursive: true, force: true });
      return;
    } catch (error) {
      const code = errorCode(error);
      const mayPass = code === 'ENOTEMPTY' || code === 'EBUSY' || code === 'EEXIST';
      if (!mayPass || attempt > RETRIES) throw error;
      await delay(retryDelayMs * attempt);
    }
  }
}
