import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { jobDirectory, jobFilePath } from '../../protocol/job-layout.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import type { ManagerCommand } from '../scheduler/commands.ts';
import { makeDirectory, type StoreModes } from '../store/modes.ts';
import { writeJobFile } from '../store/job-file.ts';
import { attemptsDirectory } from './output-names.ts';
import { removeTree } from '../../runtime/files/remove-tree.ts';
import { syncDirectory } from '../../runtime/files/sync-directory.ts';

export type MakeStaging = Extract<ManagerCommand, { type: 'make_staging' }>;

/**
 * Makes what an accepted job writes into: `jobs/job-0007/{map,logs}` with `job.json`, and the
 * staging directory with `attempts/`. All or nothing: what was made before a failure is removed.
 * Attempts never make these, so that a Worker which sees another disk cannot write at all.
 * @throws Error whose message is for the user
 */
export async function makeStaging(
  command: MakeStaging,
  sharedDirectory: string,
  modes: StoreModes,
): Promise<void> {
  const made: string[] = [];
  const make = async (path: string): Promise<void> => {
    await makeDirectory(path, modes.directory);
    made.push(path);
  };
  const { place } = command;
  try {
    await makeJobDirectory(command, sharedDirectory, modes, make);
    await make(place.stagingDirectory);
    await make(attemptsDirectory(place));
    await syncDirectory(place.stagingDirectory);
    await syncDirectory(dirname(place.stagingDirectory));
  } catch (error) {
    for (const path of made.toReversed()) await removeTree(path).catch(() => undefined);
    throw new Error(explain(command, error), { cause: error });
  }
}

async function makeJobDirectory(
  command: MakeStaging,
  sharedDirectory: string,
  modes: StoreModes,
  make: (path: string) => Promise<void>,
): Promise<void> {
  const directory = jobDirectory(sharedDirectory, command.jobId);
  await make(directory);
  await make(`${directory}/map`);
  await make(`${directory}/logs`);
  await writeJobFile(jobFilePath(sharedDirectory, command.jobId), command, modes.file);
  // The journal leaves out what this file says, so it must be as safe.
  await syncDirectory(directory);
  await syncDirectory(dirname(directory));
}

function explain(command: MakeStaging, error: unknown): string {
  const { directory, stagingDirectory } = command.place;
  const path = error instanceof Error && 'path' in error ? String(error.path) : '';
  const target = path.startsWith(stagingDirectory) ? directory : path || directory;
  if (errorCode(error) === 'EEXIST') {
    const remove = formatCommand(['rm', '-r', path]);
    return `Cannot write to "${target}": "${path}" is there already, left by another Manager. If that one is gone, remove it: ${remove}`;
  }
  return `Cannot write to "${target}": ${errorText(error)}, as user ${userInfo().username} on ${hostname()}`;
}
