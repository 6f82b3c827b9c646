import { errorText } from '../../runtime/system-error.ts';
import type { FileSystem } from './file-system.ts';
import { namesIfThere, statusIfThere } from './look.ts';
import { isOutputName, oldDirectory, parentDirectory, publishDirectory } from './output-names.ts';
import type { PublishRequest } from './publish-request.ts';
import { syncPath, syncUndone } from './sync.ts';

/** One rename of `publish/` to the output; `--overwrite` sets the old output aside before. */
export async function publishByRename(request: PublishRequest, files: FileSystem): Promise<void> {
  const { directory } = request.place;
  try {
    if (!(await isInPlace(request, files))) await setOldAside(request, files);
    if (!(await isInPlace(request, files))) await renameOnce(request, files);
    await syncPath(files, directoryAbove(request));
  } catch (error) {
    // Also when nothing was done here: an earlier try may have set the old output aside.
    const aftermath = await undo(request, files);
    const cause = errorText(error);
    throw new Error(`Cannot publish to "${directory}": ${cause}${aftermath}`, { cause: error });
  }
}

/** Over NFS a rename may be done and still fail: its answer got lost. The inode tells. */
async function renameOnce(request: PublishRequest, files: FileSystem): Promise<void> {
  try {
    await files.rename(publishDirectory(request.place), request.place.directory);
  } catch (error) {
    if (!(await isInPlace(request, files))) throw error;
  }
}

async function isInPlace(request: PublishRequest, files: FileSystem): Promise<boolean> {
  const status = await statusIfThere(files, request.place.directory);
  return status?.dev === request.device && status.ino === request.inode;
}

/** An empty directory may stay: a rename replaces it. */
async function setOldAside(request: PublishRequest, files: FileSystem): Promise<void> {
  const { directory } = request.place;
  const entries = await namesIfThere(files, directory);
  if (entries.length === 0) return;
  if (!request.overwrite) throw new Error('the directory is not empty any more');
  const stranger = entries.find((name) => !isOutputName(name));
  if (stranger !== undefined) throw new Error(`"${stranger}" in it is not a job's output`);
  try {
    await files.rename(directory, oldDirectory(request.place, request.jobId));
  } catch (error) {
    if (!(await wasSetAside(request, files))) throw error;
  }
}

async function wasSetAside(request: PublishRequest, files: FileSystem): Promise<boolean> {
  const here = await statusIfThere(files, request.place.directory);
  const aside = await statusIfThere(files, oldDirectory(request.place, request.jobId));
  return !here && aside !== undefined;
}

/** Its names change with a publish. */
function directoryAbove({ place }: PublishRequest): string {
  return parentDirectory(place.directory) || '/';
}

/** Returns what the error message must add: where the old output is, when it is not back. */
async function undo(request: PublishRequest, files: FileSystem): Promise<string> {
  const { place, jobId } = request;
  const old = oldDirectory(place, jobId);
  try {
    if (await isInPlace(request, files)) {
      await files.rename(place.directory, publishDirectory(place));
    }
    if (await wasSetAside(request, files)) await files.rename(old, place.directory);
    return await syncUndone(files, directoryAbove(request));
  } catch (error) {
    const kept = await files.lstat(old).catch(() => undefined);
    return kept ? `; the old output is in "${old}" (${errorText(error)})` : '';
  }
}
