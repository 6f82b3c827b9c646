import { constants } from 'node:fs';
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
