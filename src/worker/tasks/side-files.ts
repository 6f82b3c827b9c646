import { chmodSync, closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { SIDE_FILES_NAME } from '../../protocol/job-layout.ts';
import type { OutputFile } from '../../protocol/worker-messages.ts';
import { AttemptFailure } from './attempt-failure.ts';
import { countNewlines } from '../../shuffle/count-newlines.ts';

const BLOCK_BYTES = 256 * 1024;

/**
 * The files that programs left in `mapreduce_task_output_dir`, sorted by name, as a message lists
 * them. Anything but a regular file right there fails the attempt.
 */
export function listSideFiles(directory: string, mode: number): readonly OutputFile[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  const other = entries.find((entry) => !entry.isFile());
  if (other) {
    throw new AttemptFailure(
      'failed',
      `Cannot take side file "${other.name}": only regular files right in $mapreduce_task_output_dir are kept`,
    );
  }
  return entries
    .map((entry) => entry.name)
    .toSorted()
    .map((name) => measure(directory, name, mode));
}

function measure(directory: string, name: string, mode: number): OutputFile {
  const path = join(directory, name);
  chmodSync(path, mode);
  const descriptor = openSync(path, 'r');
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let bytes = 0;
    let records = 0;
    let checksum = 0;
    for (;;) {
      const read = readSync(descriptor, block);
      if (read === 0) break;
      const content = block.subarray(0, read);
      bytes += read;
      checksum = crc32(content, checksum);
      records += countNewlines(content);
    }
    return { name: `${SIDE_FILES_NAME}/${name}`, bytes, records, crc32: checksum };
  } finally {
    closeSync(descriptor);
  }
}
