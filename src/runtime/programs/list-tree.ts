import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../system-error.ts';

/**
 * Paths of all files below a directory, relative to it, hidden ones too, in byte order. Links are
 * followed, to files and to directories; directories without files leave nothing.
 * Throws an error for the user: what cannot be read, is no regular file, or is a link that leads
 * back to a directory around it. Stops looking soon after `filesMax`.
 */
export async function listTree(root: string, filesMax: number): Promise<readonly string[]> {
  const files: string[] = [];
  await addDirectory(root, '', [], { files, filesMax });
  return files.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function addDirectory(
  directory: string,
  prefix: string,
  around: readonly string[],
  found: { readonly files: string[]; readonly filesMax: number },
): Promise<void> {
  const real = await realpath(directory);
  if (around.includes(real)) {
    throw new Error(`Cannot ship "${directory}": it is a link to a directory around it`);
  }
  for (const name of await names(directory)) {
    const path = join(directory, name);
    const status = await stat(path).catch((error: unknown) => {
      throw new Error(`Cannot ship "${path}": ${errorText(error)}`, { cause: error });
    });
    if (status.isDirectory()) {
      await addDirectory(path, `${prefix}${name}/`, [...around, real], found);
    } else if (status.isFile()) {
      found.files.push(`${prefix}${name}`);
    } else throw new Error(`Cannot ship "${path}": it is not a regular file`);
    // One too many is enough to know.
    if (found.files.length > found.filesMax) return;
  }
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw new Error(`Cannot ship "${directory}": ${errorText(error)}`, { cause: error });
  }
}
