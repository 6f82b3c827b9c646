import type { FileSystem } from './file-system.ts';
import { namesIfThere, statusIfThere } from './look.ts';
import { isOutputName, oldDirectory, parentDirectory, publishDirectory } from './output-names.ts';
import type { PublishMode } from './publish-mode.ts';
import type { PublishRequest } from './publish-request.ts';
import { syncPath, syncUndone } from './sync.ts';

/** One rename of `publish/` to the output; `--overwrite` sets the old output aside before. */
export const byRename: PublishMode = { publish, undo, whereOldIs };

async function publish(request: PublishRequest, files: FileSystem): Promise<void> {
  if (!(await isInPlace(request, files))) await setOldAside(request, files);
  if (!(await isInPlace(request, files))) await renameOnce(request, files);
  await syncPath(files, directoryAbove(request));
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

async function undo(request: PublishRequest, files: FileSystem): Promise<string> {
  const { place, jobId } = request;
  if (await isInPlace(request, files)) {
    await files.rename(place.directory, publishDirectory(place));
  }
  if (await wasSetAside(request, files)) {
    await files.rename(oldDirectory(place, jobId), place.directory);
  }
  return syncUndone(files, directoryAbove(request));
}

async function whereOldIs(
  { place, jobId }: PublishRequest,
  files: FileSystem,
): Promise<string | undefined> {
  const old = oldDirectory(place, jobId);
  const kept = await files.lstat(old).catch(() => undefined);
  return kept && `the old output is in "${old}"`;
}
