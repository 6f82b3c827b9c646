import { stat } from 'node:fs/promises';
import { inParallel } from '../../runtime/in-parallel.ts';
import { errorText } from '../../runtime/system-error.ts';

/** What a Worker says that an attempt wrote. */
export interface ClaimedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Looks for every file with its size: a Worker that sees another disk under the same path would
 * otherwise commit what is not there.
 * @returns the first problem in words, or null
 */
export async function checkOutputs(files: readonly ClaimedFile[]): Promise<string | null> {
  const problems = await inParallel(files, 8, checkOutput);
  return problems.find((problem) => problem !== null) ?? null;
}

async function checkOutput({ path, bytes }: ClaimedFile): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size === bytes) return null;
    return `"${path}" has ${String(size)} bytes here instead of ${String(bytes)}`;
  } catch (error) {
    return `"${path}" cannot be read here: ${errorText(error)}`;
  }
}
