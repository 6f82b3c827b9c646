import { writeSync } from 'node:fs';

/** Writes all of `bytes` at the place of the descriptor; a system may take less in one call. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
