import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findShippedFiles, type FoundFile } from '../runtime/programs/program-files.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import {
  builtinsOf,
  checkRolePrograms,
  readRoleCommands,
  type RoleCommands,
} from '../runtime/programs/role-commands.ts';
import { errorCode, errorText } from '../runtime/system-error.ts';
import { UserError } from '../runtime/user-error.ts';
import { checkBuiltins } from '../shuffle/folds/check-builtins.ts';
import type { JobOptions } from './read-options.ts';
import { findStreams, refuseTwice, streamRefused } from './stream-inputs.ts';

/** Where the submitter is. */
export interface SubmitterPlace {
  /** What relative paths start from. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where the programs will run. */
export interface ProgramsPlace extends SubmitterPlace {
  /** Here, with `--local`; otherwise wherever Workers are. */
  readonly local: boolean;
}

/** What can be known of a job's programs before any Worker sees them. */
export interface CheckedPrograms {
  readonly commands: RoleCommands;
  readonly files: readonly FoundFile[];
  readonly warnings: readonly string[];
}

/** Inputs looked at at once. */
const LANES = 32;
/** Characters that make a path a pattern, for paths that do not exist as they stand. */
const PATTERN = /[*?[{]/;

/**
 * Splits the commands, finds the files that travel with them, and checks that each program can be
 * started as far as that shows here.
 * @throws UserError for the first that cannot
 */
export async function checkPrograms(
  job: JobOptions,
  place: ProgramsPlace,
): Promise<CheckedPrograms> {
  const commands = readRoleCommands(job, job.shell ?? false);
  if (typeof commands === 'string') throw new UserError(commands);
  const problem = checkBuiltins(builtinsOf(commands));
  if (problem !== undefined) throw new UserError(problem);
  const files = await filesOf(commands, job, place);
  const { directory, environment, local: runsHere } = place;
  const path = environment['PATH'] ?? '';
  const checked = await checkRolePrograms(commands, { directory, files, path, runsHere });
  if (checked.error !== undefined) throw new UserError(checked.error);
  return { commands, files, warnings: checked.warnings };
}

/**
 * Checks that inputs are there and readable, where the Manager sees the same files as we do.
 * Patterns are left to the Manager, which expands them.
 * @throws UserError for the first that is not
 */
export async function checkInputs(inputs: readonly string[], directory: string): Promise<void> {
  await inParallel(inputs, LANES, (input) => checkInput(input, directory));
}

/**
 * The same where this command reads streams first.
 * @throws UserError
 */
export async function checkLocalInputs(
  inputs: readonly string[],
  directory: string,
): Promise<void> {
  const streams = await findStreams(inputs, directory);
  refuseTwice(inputs, streams);
  await checkInputs(
    inputs.filter((input) => !streams.has(input)),
    directory,
  );
}

/** Absolute paths for the Manager; in patterns only what the user wrote stays a pattern. */
export async function absoluteInputs(
  inputs: readonly string[],
  directory: string,
): Promise<readonly string[]> {
  const absolute = async (input: string): Promise<string> => {
    const path = resolve(directory, input);
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    if (exists || !PATTERN.test(input)) return path;
    return resolve(directory.replaceAll(/[*?[\]{}()!\\]/g, '\\$&'), input);
  };
  return inParallel(inputs, LANES, absolute);
}

async function filesOf(
  commands: RoleCommands,
  job: JobOptions,
  { directory }: SubmitterPlace,
): Promise<readonly FoundFile[]> {
  const request = {
    commands: [...commands.values()],
    extraFiles: job.file ?? [],
    directory,
  };
  try {
    return await findShippedFiles(request);
  } catch (error) {
    throw new UserError(errorText(error), undefined, { cause: error });
  }
}

async function checkInput(input: string, directory: string): Promise<void> {
  const path = resolve(directory, input);
  try {
    const status = await stat(path);
    if (!status.isFile() && !status.isDirectory()) throw streamRefused(input);
    await access(path, status.isFile() ? constants.R_OK : constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (errorCode(error) === 'ENOENT' && PATTERN.test(input)) return;
    throw new UserError(`Cannot read input "${input}": ${reasonOf(input, error)}`, undefined, {
      cause: error,
    });
  }
}

/** The bytes of a name that is not UTF-8 are lost before it gets to us. */
function reasonOf(input: string, error: unknown): string {
  const isLost = errorCode(error) === 'ENOENT' && input.includes('\uFFFD');
  return isLost ? 'its name is not UTF-8; rename it' : errorText(error);
}
