import { open } from 'node:fs/promises';
import type { Compression } from '../../protocol/manager-orders.ts';
import { listLocalInputs } from '../list-local-inputs.ts';
import type { JobOptions } from '../read-options.ts';

/** A file to read, as the job would. */
export interface PrintedInput {
  /** Absolute. */
  readonly path: string;
  readonly compression: Compression | null;
  /** Whether its last line ends with a newline, as far as that was looked at. */
  readonly endsWithNewline: boolean;
}

const LINE_FEED = 0x0a;
/** For more files the answer is not worth the wait. */
const FILES_LOOKED_AT_MAX = 1000;

/**
 * The files that a Manager on this machine would read for a job, in its order.
 * @throws UserError for inputs that it would refuse
 */
export async function listPrintedInputs(
  job: JobOptions,
  directory: string,
): Promise<readonly PrintedInput[]> {
  const files = await listLocalInputs(job, directory);
  const looksAt = files.length <= FILES_LOOKED_AT_MAX;
  return Promise.all(
    files.map(async ({ path, bytes, compression }) => {
      const isUnknown = bytes === 0 || !looksAt;
      return {
        path,
        compression,
        endsWithNewline: isUnknown || (await lastByte(path, bytes)) === LINE_FEED,
      };
    }),
  );
}

async function lastByte(path: string, bytes: number): Promise<number | undefined> {
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, bytes - 1);
    return buffer[0];
  } finally {
    await handle.close();
  }
}
