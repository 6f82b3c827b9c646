import { errorCode } from '../../runtime/system-error.ts';
import type { FileSystem } from './file-system.ts';
import { namesIfThere, statusIfThere } from './look.ts';
import {
  isOutputName,
  oldDirectory,
  publishDirectory,
  publishListPath,
  SUCCESS_MARKER,
} from './output-names.ts';
import type { PublishMode } from './publish-mode.ts';
import type { PublishRequest } from './publish-request.ts';
import { syncPath, syncUndone } from './sync.ts';

/**
 * Moves finished files into an output directory that itself cannot be replaced. Each file is whole
 * when it appears; `_SUCCESS` comes last. With `--overwrite` the old files wait in the staging
 * directory, and come back when this fails.
 *
 * While `publish/` still has every name of the list, nothing of this job is in the output: what is
 * there is old. Once a name is missing, the old files have been set aside already.
 */
export const inPlace: PublishMode = { publish, undo, whereOldIs };

async function publish(request: PublishRequest, files: FileSystem): Promise<void> {
  const names = await publishedNames(request, files);
  const waiting = new Set(await files.readdir(publishDirectory(request.place)));
  if (names.every((name) => waiting.has(name))) await setOldAside(request, files);
  for (const name of names) if (waiting.has(name)) await moveOnce(request, files, name);
  await syncPath(files, request.place.directory);
}

/** Parts in order, the marker last. */
async function publishedNames(
  request: PublishRequest,
  files: FileSystem,
): Promise<readonly string[]> {
  const text = await files.readFile(publishListPath(request.place), 'utf8');
  const names = JSON.parse(text) as readonly string[];
  const ordered = names.filter((name) => name !== SUCCESS_MARKER);
  return ordered.length === names.length ? ordered : [...ordered, SUCCESS_MARKER];
}

async function setOldAside(request: PublishRequest, files: FileSystem): Promise<void> {
  const { place, jobId } = request;
  const entries = (await files.readdir(place.directory)).filter(
    (name) => `${place.directory}/${name}` !== place.stagingDirectory,
  );
  if (entries.length === 0) return;
  if (!request.overwrite) throw new Error('the directory is not empty any more');
  const stranger = entries.find((name) => !isOutputName(name));
  if (stranger !== undefined) throw new Error(`"${stranger}" in it is not a job's output`);
  const old = oldDirectory(place, jobId);
  await files.mkdir(old).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  for (const name of entries) await files.rename(`${place.directory}/${name}`, `${old}/${name}`);
}

async function moveOnce(request: PublishRequest, files: FileSystem, name: string): Promise<void> {
  const source = `${publishDirectory(request.place)}/${name}`;
  const target = `${request.place.directory}/${name}`;
  const { dev, ino } = await files.lstat(source);
  if (await statusIfThere(files, target)) throw new Error(`"${name}" has appeared in it`);
  try {
    await files.rename(source, target);
  } catch (error) {
    // Over NFS a rename may be done and still fail: its answer got lost.
    const there = await statusIfThere(files, target);
    if (there?.dev !== dev || there.ino !== ino) throw error;
  }
}

/** Takes our files out again and puts the old ones back. */
async function undo(request: PublishRequest, files: FileSystem): Promise<string> {
  const { place, jobId } = request;
  const old = oldDirectory(place, jobId);
  const inside = publishDirectory(place);
  const waiting = new Set(await files.readdir(inside));
  const names = await publishedNames(request, files);
  for (const name of names.toReversed()) {
    if (!waiting.has(name)) await files.rename(`${place.directory}/${name}`, `${inside}/${name}`);
  }
  for (const name of await namesIfThere(files, old)) {
    await files.rename(`${old}/${name}`, `${place.directory}/${name}`);
  }
  return syncUndone(files, place.directory);
}

function whereOldIs({ place, jobId }: PublishRequest): Promise<string> {
  return Promise.resolve(`what was there before is in "${oldDirectory(place, jobId)}"`);
}
