import { constants } from 'node:fs';
import { errorText } from '../../runtime/system-error.ts';
import type { FileSystem } from './file-system.ts';

/** Puts a file's or a directory's content on the disk. A directory's content is its names. */
export async function syncPath(files: FileSystem, path: string): Promise<void> {
  const handle = await files.open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts on the disk what a failed publish has undone in `path`: until then a power cut may leave
 * half of it, and the staging directory that has the other half goes next.
 * @returns what the error message must add when that does not work
 */
export async function syncUndone(files: FileSystem, path: string): Promise<string> {
  try {
    await syncPath(files, path);
    return '';
  } catch (error) {
    return `; what was there before is back, but may not outlast a power cut (${errorText(error)})`;
  }
}
