import { chmod, rename, rm, writeFile } from 'node:fs/promises';

/** Replaces a file at once: readers see the old content or the new, never a part. */
export async function writeFileWhole(
  path: string,
  content: string | Iterable<string>,
  mode: number,
): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, content, { mode, flush: true });
    // The process's umask may have taken bits away.
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
