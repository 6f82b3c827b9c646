import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { jobName } from '../../protocol/ids.ts';
import { jobDirectory, jobFilePath } from '../../protocol/job-layout.ts';
import { removeTree } from '../../runtime/files/remove-tree.ts';
import { errorText } from '../../runtime/system-error.ts';
import { readPlace } from '../store/job-file.ts';

export interface SweepOptions {
  /** The shared directory. */
  readonly directory: string;
  /** Jobs below it are older than the journal, which cannot say whether they are wanted. */
  readonly firstJobId: number;
  /** Jobs from it on begin now. */
  readonly nextJobId: number;
  /** Jobs that the journal has. */
  readonly known: ReadonlySet<number>;
  readonly warn: (message: string) => void;
}

/**
 * Removes directories of jobs that were being prepared when their Manager ended: nobody was told of
 * them. Their staging, which may lie anywhere, stands in their `job.json`, written before it is made.
 * Never fails: what could not be removed is tried again at the next start.
 */
export async function sweepOrphans(options: SweepOptions): Promise<void> {
  const { directory, firstJobId, nextJobId, known, warn } = options;
  for (const name of await readdir(`${directory}/jobs`)) {
    const id = Number(/^job-(\d{4,10})$/.exec(name)?.[1] ?? 0);
    if (id < Math.max(1, firstJobId) || id >= nextJobId || known.has(id)) continue;
    try {
      await sweepOne(directory, id);
      warn(`Removed what was left of ${jobName(id)}, which was never accepted`);
    } catch (error) {
      warn(`Cannot remove what was left of ${jobName(id)}: ${errorText(error)}`);
    }
  }
}

async function sweepOne(directory: string, id: number): Promise<void> {
  const place = await readPlace(jobFilePath(directory, id)).catch(() => undefined);
  // A file that somebody else wrote must not make us remove anything else.
  const staging = place?.stagingDirectory ?? '';
  const name = basename(staging);
  if (staging.startsWith('/') && name.startsWith('.') && name.endsWith(`.${jobName(id)}`)) {
    await removeTree(staging);
  }
  await removeTree(jobDirectory(directory, id));
}
