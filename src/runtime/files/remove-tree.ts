import type { Dirent } from 'node:fs';
import { lstat, opendir, rmdir, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { inParallel } from '../in-parallel.ts';
import { errorCode } from '../system-error.ts';

/** Entries that are read together, and of those, how many are removed at a time. */
const BLOCK = 256;
const AT_ONCE = 8;
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
      await removeAll(path);
      return;
    } catch (error) {
      const code = errorCode(error);
      const mayPass = code === 'ENOTEMPTY' || code === 'EBUSY' || code === 'EEXIST';
      if (!mayPass || attempt > RETRIES) throw error;
      await delay(retryDelayMs * attempt);
    }
  }
}

/** Node's `rm` begins with all entries of a directory at once, which takes 2 KB for each of them. */
async function removeAll(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory()) await removeDirectory(path);
    else await unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

async function removeDirectory(path: string): Promise<void> {
  const block: Dirent[] = [];
  for await (const entry of await opendir(path, { bufferSize: BLOCK })) {
    block.push(entry);
    if (block.length === BLOCK) await removeEntries(path, block.splice(0));
  }
  await removeEntries(path, block);
  await rmdir(path);
}

async function removeEntries(path: string, entries: readonly Dirent[]): Promise<void> {
  await inParallel(entries, AT_ONCE, async (entry) => {
    const entryPath = `${path}/${entry.name}`;
    try {
      if (entry.isDirectory()) await removeDirectory(entryPath);
      else await unlink(entryPath);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  });
}
