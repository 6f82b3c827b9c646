import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * These look at once, although they give promises: a slot's thread looks several times for each
 * attempt, and a turn of Node's thread pool costs it ten times as much as the look itself.
 */

/** Whether this is a regular file that this process may execute. */
export async function isExecutableFile(file: string): Promise<boolean> {
  return (await isRegularFile(file)) && (await mayExecute(file));
}

/** Whether this is a regular file or a link to one. */
export function isRegularFile(file: string): Promise<boolean> {
  try {
    return Promise.resolve(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
  } catch {
    return Promise.resolve(false);
  }
}

/** Whether the permission bits let this process execute the file. */
export function mayExecute(file: string): Promise<boolean> {
  try {
    accessSync(file, constants.X_OK);
    return Promise.resolve(true);
  } catch {
    return Promise.resolve(false);
  }
}

/** The first executable file of that name in the directories of `path` (`:` separated). */
export async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(':')) {
    const file = join(directory === '' ? '.' : directory, name);
    if (await isExecutableFile(file)) return file;
  }
  return undefined;
}
