import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { JobReport } from '../protocol/job-report.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { errorText } from '../runtime/system-error.ts';
import { UserError } from '../runtime/user-error.ts';
import { isClosedPipe, writeBlock } from './block-writer.ts';

const READ_BLOCK_BYTES = 256 * 1024;

/**
 * Copies the parts of a job without `--output` to `stdout`, in part order and at the reader's pace,
 * then deletes them. A reader that goes away early (`| head`) is no error: the job has succeeded.
 * An abort stops in the middle. The directory is kept, and named, when it cannot be read or copied from here.
 */
export async function streamResult(
  report: JobReport,
  stdout: Writable,
  options: { readonly signal: AbortSignal; readonly kept: boolean },
): Promise<void> {
  const { signal, kept } = options;
  const directory = report.output_directory;
  for (const part of await partsOf(report, kept)) {
    try {
      await copyFile(join(directory, part), stdout, signal);
    } catch (error) {
      if (isClosedPipe(error) || signal.aborted) break;
      throw notDelivered(report, error, kept);
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

/** Not by `pipeline`, which leaves its listeners on a stream that it does not end. */
async function copyFile(path: string, stdout: Writable, signal: AbortSignal): Promise<void> {
  const source = createReadStream(path, { highWaterMark: READ_BLOCK_BYTES, signal });
  for await (const block of source) await writeBlock(stdout, block as Buffer, signal);
}

/** Names of the parts of a job, in order. */
export async function partsOf(report: JobReport, kept: boolean): Promise<readonly string[]> {
  try {
    const names = await readdir(report.output_directory);
    return names.filter((name) => /^part-\d+$/.test(name)).toSorted();
  } catch (error) {
    throw notDelivered(report, error, kept);
  }
}

function notDelivered(report: JobReport, error: unknown, kept: boolean): UserError {
  const failed = `Cannot copy the result of ${report.job} from "${report.output_directory}" to standard output: ${errorText(error)}`;
  const hint = kept ? '. It is still there, on the machine of the Manager' : '';
  return new UserError(
    `${failed}${hint}; to keep a result, name a directory with --output`,
    EXIT_CODES.jobFailed,
    {
      cause: error,
    },
  );
}
