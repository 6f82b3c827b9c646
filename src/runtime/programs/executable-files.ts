import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether this is a regular file that this process may execute. */
export async function isExecutableFile(file: string): Promise<boolean> {
  return (await isRegularFile(file)) && (await mayExecute(file));
}

/** Whether this is a regular file or a link to one. */
export async function isRegularFile(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ?? false;
}

/** Whether the permission bits let this process execute the file. */
export async function mayExecute(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first executable file of that name in the directories of `path` (`:` separated). */
export async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(':')) {
    const file = join(directory === '' ? '.' : directory, name);
    if (await isExecutableFile(file)) return file;
  }
  return undefined;
}
