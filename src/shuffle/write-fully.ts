import { writeSync } from 'node:fs';

/**
 * Writes all of `bytes` at the place of the descriptor; a system may take less in one call.
 * @param path of the file, which the system's errors about a descriptor do not name
 */
export function writeFully(fd: number, bytes: Uint8Array, path: string): void {
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}
