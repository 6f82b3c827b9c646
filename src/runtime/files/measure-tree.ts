import { lstat, readdir } from 'node:fs/promises';
import { inParallel } from '../in-parallel.ts';

/** Bytes of all regular files below a directory; what is not there or cannot be read counts 0. */
export async function measureTree(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const sizes = await inParallel(entries, 16, async (entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) return measureTree(path);
    const status = await lstat(path).catch(() => undefined);
    return status?.isFile() ? status.size : 0;
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
