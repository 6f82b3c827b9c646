import { jobDirectory } from '../../protocol/job-layout.ts';
import { errorText } from '../../runtime/system-error.ts';
import type { OutputPlace } from '../scheduler/plan.ts';
import { measureTree } from '../../runtime/files/measure-tree.ts';
import { nodeFileSystem } from './file-system.ts';
import { namesIfThere } from './look.ts';
import { oldDirectory } from './output-names.ts';
import { removeTree } from '../../runtime/files/remove-tree.ts';

export interface CleanUp {
  readonly jobId: number;
  readonly place: OutputPlace;
  readonly keepIntermediates: boolean;
}

/**
 * After a job's end: its staging goes, and with success its intermediate data and the old output
 * that it replaced. Never fails: what could not be removed is told through `warn`.
 * @returns bytes that were kept of the job, logs and all; 0 when only its history stays
 */
export async function cleanUp(
  request: CleanUp,
  sharedDirectory: string,
  warn: (message: string) => void,
): Promise<number> {
  const { jobId, place, keepIntermediates } = request;
  const remove = async (path: string): Promise<void> => {
    try {
      await removeTree(path);
    } catch (error) {
      warn(`Cannot remove "${path}": ${errorText(error)}`);
    }
  };
  const old = oldDirectory(place, jobId);
  const oldIsNeeded = keepIntermediates && (await mayBeThere(old));
  if (oldIsNeeded) warn(`The output from before is kept in "${old}"`);
  // In place, the old output lies inside the staging directory.
  const insideStaging = old.startsWith(`${place.stagingDirectory}/`);
  if (!(oldIsNeeded && insideStaging)) await remove(place.stagingDirectory);
  const directory = jobDirectory(sharedDirectory, jobId);
  if (keepIntermediates) return measureTree(directory);
  await remove(old);
  await remove(`${directory}/map`);
  return 0;
}

/** What cannot be read is not taken for empty: it may be the user's only copy. */
async function mayBeThere(directory: string): Promise<boolean> {
  try {
    return (await namesIfThere(nodeFileSystem, directory)).length > 0;
  } catch {
    return true;
  }
}

/**
 * Deletes all that is left of an ended job under the shared directory.
 * @returns bytes freed
 */
export async function removeJobFiles(jobId: number, sharedDirectory: string): Promise<number> {
  const directory = jobDirectory(sharedDirectory, jobId);
  const bytes = await measureTree(directory);
  await removeTree(directory);
  return bytes;
}
