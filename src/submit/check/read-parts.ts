import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobReport } from '../../protocol/job-report.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { UserError } from '../../runtime/user-error.ts';
import { deleteResult, partsOf } from '../result-stream.ts';
import { type Lines, splitLines } from './line-difference.ts';

/** Outputs are held in memory to be compared. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The lines that a job without `--output` wrote, in part order; its parts are deleted.
 * @throws UserError when there are too many to compare
 */
export async function takeLines(report: JobReport): Promise<Lines> {
  if (report.output_bytes > OUTPUT_BYTES_MAX) {
    const size = describeSize(report.output_bytes);
    throw new UserError(
      `Cannot compare outputs of ${size}: that much comes of the sample; take a smaller one, as in --check 100K`,
    );
  }
  const lines: string[] = [];
  for (const part of await partsOf(report, false)) {
    const text = await readFile(join(report.output_directory, part), 'latin1');
    for (const line of splitLines(text)) lines.push(line);
  }
  await deleteResult(report);
  return lines;
}
