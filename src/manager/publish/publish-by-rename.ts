import { errorCode, errorText } from '../../runtime/system-error.ts';
import type { FileSystem } from './file-system.ts';
import { isOutputName, oldDirectory, parentDirectory, publishDirectory } from './output-names.ts';
import type { PublishRequest } from './publish-request.ts';
import { syncPath, syncUndone } from './sync.ts';

/** One rename of `publish/` to the output; `--overwrite` sets the old output aside before. */
export async function publishByRename(request: PublishRequest, files: FileSystem): Promise<void> {
  const { directory } = request.place;
  if (!(await isInPlace(request, files))) await setOldAside(request, files);
  try {
    if (!(await isInPlace(request, files))) await renameOnce(request, files);
    await syncPath(files, parentDirectory(directory) || '/');
  } catch (error) {
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
  const status = await files.lstat(request.place.directory).catch(() => undefined);
  return status?.dev === request.device && status.ino === request.inode;
}

/** An empty directory may stay: a rename replaces it. */
async function setOldAside(request: PublishRequest, files: FileSystem): Promise<void> {
  const { directory } = request.place;
  const entries = await entriesOf(request, files);
  if (entries.length === 0) return;
  if (!request.overwrite) {
    throw new Error(`Cannot publish to "${directory}": the directory is not empty any more`);
  }
  const stranger = entries.find((name) => !isOutputName(name));
  if (stranger !== undefined) {
    throw new Error(`Cannot overwrite "${directory}": "${stranger}" in it is not a job's output`);
  }
  const old = oldDirectory(request.place, request.jobId);
  try {
    await files.rename(directory, old);
  } catch (error) {
    if (await wasSetAside(request, files)) return;
    const cause = errorText(error);
    throw new Error(`Cannot set the old output "${directory}" aside: ${cause}`, { cause: error });
  }
}

async function entriesOf(request: PublishRequest, files: FileSystem): Promise<readonly string[]> {
  const { directory } = request.place;
  try {
    return await files.readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new Error(`Cannot publish to "${directory}": ${errorText(error)}`, { cause: error });
  }
}

async function wasSetAside(request: PublishRequest, files: FileSystem): Promise<boolean> {
  const here = await files.lstat(request.place.directory).catch(() => undefined);
  const aside = await files
    .lstat(oldDirectory(request.place, request.jobId))
    .catch(() => undefined);
  return !here && aside !== undefined;
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
    return await syncUndone(files, parentDirectory(place.directory) || '/');
  } catch (error) {
    const kept = await files.lstat(old).catch(() => undefined);
    return kept ? `; the old output is in "${old}" (${errorText(error)})` : '';
  }
}
