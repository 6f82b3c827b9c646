import { stat } from 'node:fs/promises';
import { rangesPath } from '../../protocol/job-layout.ts';
import type { RangeCut } from '../../protocol/manager-orders.ts';
import { inParallel } from '../../runtime/in-parallel.ts';
import { writeFileWhole } from '../../runtime/files/write-file-whole.ts';
import { exists } from '../../runtime/files/exists.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { cutKeys, markDistance, RunSample, type SampledKey } from '../../shuffle/key-sample.ts';
import { OpenRun } from './open-run.ts';

const RUNS_AT_ONCE = 8;
/** The Manager's own trouble: the run that it could not read may be sound, and a new one no better. */
const OWN_TROUBLE = ['EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'EPERM'];

/** A run of which the Manager could not read what its keys are. */
export interface UnreadableRun {
  /** Which of the runs. */
  readonly index: number;
  readonly problem: string;
}

/**
 * Cuts the keys of a job into ranges by a sample of its runs and writes the cuts, unless that has been
 * done before: reduces that are committed have gone by them.
 *
 * @returns the runs that could not be read; then nothing was written
 * @throws errors of the file system that concern the job's directory or this process
 */
export async function writeRanges(
  jobDir: string,
  runs: readonly string[],
  ranges: number,
  mode: number,
): Promise<readonly UnreadableRun[]> {
  const path = rangesPath(jobDir);
  if (await exists(path)) return [];
  const sizes = await ofEach(runs, async (run) => (await stat(run)).size);
  if (sizes.unreadable.length > 0) return sizes.unreadable;
  const starts: number[] = [];
  let totalBytes = 0;
  for (const bytes of sizes.results) {
    starts.push(totalBytes);
    totalBytes += bytes;
  }
  const distance = markDistance(totalBytes);
  const samples = await ofEach(runs, (run, index) => {
    return sampleRun(run, new RunSample(starts[index] ?? 0, distance));
  });
  if (samples.unreadable.length > 0) return samples.unreadable;
  const cuts = cutKeys(samples.results.flat(), ranges);
  await writeFileWhole(path, cuts.map(cutLine).join(''), mode);
  return [];
}

async function sampleRun(path: string, sample: RunSample): Promise<readonly SampledKey[]> {
  await OpenRun.reading(path, async (run) => {
    if (!run.footer.isOrdered) throw new Error('its keys are partitioned by hash');
    for (const segment of await run.row(0)) sample.add(await run.blockList(segment));
  });
  return sample.keys;
}

function cutLine(key: Uint8Array): string {
  const cut: RangeCut = { from: Buffer.from(key).toString('base64') };
  return `${JSON.stringify(cut)}\n`;
}

/** Does something with every run, and says of which it cannot be done. */
async function ofEach<Result>(
  runs: readonly string[],
  work: (path: string, index: number) => Promise<Result>,
): Promise<{ readonly results: readonly Result[]; readonly unreadable: readonly UnreadableRun[] }> {
  const unreadable: UnreadableRun[] = [];
  const results = await inParallel([...runs.entries()], RUNS_AT_ONCE, async ([index, path]) => {
    try {
      return [await work(path, index)];
    } catch (error) {
      if (OWN_TROUBLE.includes(errorCode(error) ?? '')) throw error;
      unreadable.push({ index, problem: `"${path}": ${errorText(error)}` });
      return [];
    }
  });
  return { results: results.flat(), unreadable: unreadable.toSorted((a, b) => a.index - b.index) };
}
