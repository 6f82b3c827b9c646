import { jobName } from '../../protocol/ids.ts';
import type { OutputPlace } from '../scheduler/plan.ts';

/** Names inside a job's staging directory, and beside its output (spec/commit). */

/** Where attempts write, each in a directory of its own. */
export function attemptsDirectory(place: OutputPlace): string {
  return `${place.stagingDirectory}/attempts`;
}

/** The output as it will be: winners only. */
export function publishDirectory(place: OutputPlace): string {
  return `${place.stagingDirectory}/publish`;
}

/** In place only: which names `publish/` had, so that a resumed publish knows its own. */
export function publishListPath(place: OutputPlace): string {
  return `${place.stagingDirectory}/publish.json`;
}

/** Where `--overwrite` puts the old output until the new one is recorded as published. */
export function oldDirectory(place: OutputPlace, jobId: number): string {
  if (place.mode === 'in_place') return `${place.stagingDirectory}/old`;
  const name = `.${baseName(place.directory)}.old-${jobName(jobId)}`;
  return `${parentDirectory(place.directory)}/${name}`;
}

/** The parent of an absolute path, `` for the root's own children. */
export function parentDirectory(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Whether a directory entry looks like a job's: the only kind that `--overwrite` replaces. */
export function isOutputName(name: string): boolean {
  return name.startsWith('part-') || name.startsWith('_');
}

export const SUCCESS_MARKER = '_SUCCESS';

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
