import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../system-error.ts';

/**
 * Makes a directory and those above it that are missing. Node's own `recursive` never comes back
 * from where the system says ENOENT below a directory that is there, as it does in /proc.
 * @returns the uppermost directory that was made; undefined when all were there
 * @throws the system's error for the first that cannot be made
 */
export async function makeDirectories(path: string, mode: number): Promise<string | undefined> {
  try {
    return await makeOne(path, mode);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const above = await makeDirectories(dirname(path), mode);
  const made = await makeOne(path, mode);
  return above ?? made;
}

async function makeOne(path: string, mode: number): Promise<string | undefined> {
  try {
    await mkdir(path, { mode });
    return path;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // Of a file this throws "not a directory".
    await stat(`${path}/.`);
    return undefined;
  }
}
