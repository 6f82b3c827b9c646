import type { Stats } from 'node:fs';
import { errorCode } from '../../runtime/system-error.ts';
import type { FileSystem } from './file-system.ts';

/**
 * Looks that tell "nothing is there" from "it cannot be told": a disk that fails for a moment must
 * not pass for one without the old output.
 */

/** What stands under that name itself, a link too; undefined when nothing does. */
export function statusIfThere(files: FileSystem, path: string): Promise<Stats | undefined> {
  return files.lstat(path).catch(undefinedIfMissing);
}

/** The names in a directory; none when it is not there. */
export async function namesIfThere(files: FileSystem, path: string): Promise<readonly string[]> {
  return (await files.readdir(path).catch(undefinedIfMissing)) ?? [];
}

function undefinedIfMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}
