import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { builtinOf, parseCommand } from '../runtime/programs/command-words.ts';
import { checkProgram } from '../runtime/programs/preflight.ts';
import { findShippedFiles, type FoundFile } from '../runtime/programs/program-files.ts';
import { errorCode, errorText } from '../runtime/system-error.ts';
import { UserError } from '../runtime/user-error.ts';
import { checkBuiltins } from '../shuffle/folds/check-builtins.ts';
import type { JobOptions } from './read-options.ts';

/** Where the submitter is. */
export interface SubmitterPlace {
  /** What relative paths start from. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What can be known of a job's programs before any Worker sees them. */
export interface CheckedPrograms {
  readonly files: readonly FoundFile[];
  readonly warnings: readonly string[];
}

interface Command {
  readonly role: 'mapper' | 'combiner' | 'reducer';
  readonly words: readonly [string, ...string[]];
}

/** Characters that make a path a pattern, for paths that do not exist as they stand. */
const PATTERN = /[*?[{]/;

/**
 * Splits the commands, finds the files that travel with them, and checks that each program can be
 * started as far as that shows here.
 * @throws UserError for the first that cannot
 */
export async function checkPrograms(
  job: JobOptions,
  place: SubmitterPlace,
): Promise<CheckedPrograms> {
  const commands = readCommands(job);
  const builtin = (role: Command['role']): string | undefined => {
    const words = commands.find((command) => command.role === role)?.words;
    return words === undefined ? undefined : builtinOf(words);
  };
  const problem = checkBuiltins({
    mapper: builtin('mapper'),
    combiner: builtin('combiner'),
    reducer: builtin('reducer'),
  });
  if (problem !== undefined) throw new UserError(problem);
  const files = await filesOf(commands, job, place);
  const warnings: string[] = [];
  for (const { role, words } of commands) {
    const path = place.environment['PATH'] ?? '';
    const found = await checkProgram({ words, directory: place.directory, files, path });
    if (found.error !== undefined) throw new UserError(`Cannot use ${role}: ${found.error}`);
    if (found.warning !== undefined) warnings.push(`${role}: ${found.warning}`);
  }
  return { files, warnings };
}

/**
 * Checks that inputs are there and readable, where the Manager sees the same files as we do.
 * Patterns are left to the Manager, which expands them.
 * @throws UserError for the first that is not
 */
export async function checkInputs(inputs: readonly string[], directory: string): Promise<void> {
  for (const input of inputs) await checkInput(input, directory);
}

/** Refuses what cannot travel as a path, wherever the Manager is. */
export function refuseStreams(inputs: readonly string[]): void {
  if (!inputs.includes('-')) return;
  throw new UserError(
    'Cannot read input "-": standard input cannot be split; save it to a file and name that',
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
  return Promise.all(inputs.map(absolute));
}

function readCommands(job: JobOptions): readonly Command[] {
  const commands: Command[] = [];
  for (const role of ['mapper', 'combiner', 'reducer'] as const) {
    const text = job[role];
    if (text === undefined) continue;
    const parsed = parseCommand(text);
    if (!parsed.ok) throw new UserError(`Cannot use ${role} "${text}": ${parsed.reason}`);
    commands.push({ role, words: parsed.words });
  }
  return commands;
}

async function filesOf(
  commands: readonly Command[],
  job: JobOptions,
  { directory }: SubmitterPlace,
): Promise<readonly FoundFile[]> {
  const request = {
    commands: commands.map(({ words }) => words),
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
    if (!status.isFile() && !status.isDirectory()) {
      throw new UserError(
        `Cannot read input "${input}": it is neither a file nor a directory; save it to a file and name that`,
      );
    }
    await access(path, status.isFile() ? constants.R_OK : constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (errorCode(error) === 'ENOENT' && PATTERN.test(input)) return;
    throw new UserError(`Cannot read input "${input}": ${errorText(error)}`, undefined, {
      cause: error,
    });
  }
}
