import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JobReport } from '../protocol/job-report.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { UserError } from '../runtime/user-error.ts';

const READ_BLOCK_BYTES = 256 * 1024;

/**
 * Copies the parts of a job without `--output` to `stdout`, in part order and at the reader's pace,
 * then deletes them. A reader that goes away early (`| head`) is no error: the job has succeeded.
 * An abort stops in the middle. The directory is kept, and named, when it cannot be read or copied from here.
 */
export async function streamResult(
  report: JobReport,
  stdout: Writable,
  signal: AbortSignal,
): Promise<void> {
  const directory = report.output_directory;
  for (const part of await partsOf(report)) {
    try {
      const source = createReadStream(join(directory, part), { highWaterMark: READ_BLOCK_BYTES });
      await pipeline(source, stdout, { end: false, signal });
    } catch (error) {
      if (isClosedPipe(error) || signal.aborted) break;
      throw notDelivered(report, error);
    }
  }
  await deleteResult(report);
}

/** Deletes the result of a job without `--output`, which nobody else will ask for. */
export async function deleteResult(report: JobReport): Promise<void> {
  // Only the job's own directory, whatever the other side calls the output.
  if (!report.output_directory.includes(`/${report.job}/`)) return;
  await rm(report.output_directory, { recursive: true, force: true });
}

async function partsOf(report: JobReport): Promise<readonly string[]> {
  try {
    const names = await readdir(report.output_directory);
    return names.filter((name) => /^part-\d+$/.test(name)).toSorted();
  } catch (error) {
    throw notDelivered(report, error);
  }
}

function notDelivered(report: JobReport, error: unknown): UserError {
  const { message } = error as Error;
  return new UserError(
    `Cannot copy the result of ${report.job} from "${report.output_directory}" to standard output: ${message}. ` +
      'The directory is kept on the machine of the Manager; next time name a shared place with --output',
    EXIT_CODES.jobFailed,
    { cause: error },
  );
}

function isClosedPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED'
  );
}
