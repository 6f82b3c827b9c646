import { constants, type Stats } from 'node:fs';
import { access, lstat, readdir, realpath, stat } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { isOutputName } from '../publish/output-names.ts';
import type { OutputPlan } from '../scheduler/plan.ts';
import { JobRefused } from './job-refused.ts';
import { isMountPoint, type ReadMounts } from '../../runtime/files/mount-points.ts';

/** What is asked of the operating system; tests answer in its place. */
export interface OutputSystem {
  readonly readMounts?: ReadMounts;
  /** Rejects with the system's error when this user may not make files there. */
  readonly checkWritable?: (directory: string) => Promise<void>;
}

export interface OutputWish {
  /** As the submission has it; null for the job's own directory. */
  readonly output: string | null;
  readonly overwrite: boolean;
  /** What a relative path starts from. */
  readonly directory: string;
  readonly system?: OutputSystem;
}

export interface OutputDecision {
  readonly plan: OutputPlan;
  /** How the result gets in place, for the plan's reasons. */
  readonly reason: string;
}

/**
 * Decides where a result goes, and refuses places that could not take it: files, directories with
 * something in them, places this user cannot write. Symlinks are resolved; nothing is created.
 * @throws JobRefused
 */
export async function resolveOutput(wish: OutputWish): Promise<OutputDecision> {
  if (wish.output === null) {
    return {
      plan: { directory: null, mode: 'rename' },
      reason: "The result goes to the job's own directory",
    };
  }
  const text = wish.output;
  const path = resolve(wish.directory, text);
  const status = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw cannotWrite(text, error);
  });
  return status ? existingOutput(wish, text, path) : newOutput(wish, text, path);
}

async function newOutput(wish: OutputWish, text: string, path: string): Promise<OutputDecision> {
  const parent = await realpath(dirname(path)).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw cannotWrite(text, error);
    throw new JobRefused(
      `Cannot write to "${text}": its parent directory "${dirname(path)}" does not exist; make it first`,
    );
  });
  await mustBeWritable(wish, text, parent);
  const directory = `${parent === '/' ? '' : parent}/${basename(path)}`;
  return byRename(directory);
}

async function existingOutput(
  wish: OutputWish,
  text: string,
  path: string,
): Promise<OutputDecision> {
  const directory = await realpath(path).catch((error: unknown) => {
    throw cannotWrite(text, error);
  });
  const status = await stat(directory);
  if (!status.isDirectory()) {
    throw new JobRefused(`Cannot write to "${text}": it is there already and not a directory`);
  }
  await mustBeReplaceable(wish, text, directory);
  const obstacle = await renameObstacle(directory, status, wish.system ?? {});
  if (obstacle === undefined) return byRename(directory);
  await mustBeWritable(wish, text, directory);
  return {
    plan: { directory, mode: 'in_place' },
    reason: `Parts are moved into "${directory}" one by one when all are finished: ${obstacle}`,
  };
}

function byRename(directory: string): OutputDecision {
  return {
    plan: { directory, mode: 'rename' },
    reason: `The output appears at "${directory}" at once when all parts are finished`,
  };
}

async function mustBeReplaceable(wish: OutputWish, text: string, directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: unknown) => {
    throw cannotWrite(text, error);
  });
  if (entries.length === 0) return;
  if (!wish.overwrite) {
    throw new JobRefused(
      `Cannot write to "${text}": the directory is not empty; --overwrite replaces the output of an earlier job`,
    );
  }
  const stranger = entries.toSorted().find((name) => !isOutputName(name));
  if (stranger === undefined) return;
  throw new JobRefused(`Cannot overwrite "${text}": "${stranger}" in it is not a job's output`);
}

/** Why the directory cannot be replaced by a rename, in words; undefined when it can. */
async function renameObstacle(
  directory: string,
  status: Stats,
  system: OutputSystem,
): Promise<string | undefined> {
  const parent = dirname(directory);
  const outer = await stat(parent).catch(() => undefined);
  const mounted = outer?.dev !== status.dev || (await isMountPoint(directory, system.readMounts));
  if (mounted) return 'it is a mount point';
  const { checkWritable = mayWrite } = system;
  const parentWritable = await checkWritable(parent).then(
    () => true,
    () => false,
  );
  if (!parentWritable) return `"${parent}" is not writable`;
  const user = process.geteuid?.() ?? 0;
  // Only root could give a new directory the same owner.
  if (user !== 0 && status.uid !== user) return 'it belongs to another user';
  return undefined;
}

async function mustBeWritable(wish: OutputWish, text: string, directory: string): Promise<void> {
  const { checkWritable = mayWrite } = wish.system ?? {};
  await checkWritable(directory).catch((error: unknown) => {
    throw cannotWrite(text, error, directory);
  });
}

function mayWrite(directory: string): Promise<void> {
  return access(directory, constants.W_OK | constants.X_OK);
}

function cannotWrite(text: string, error: unknown, where?: string): JobRefused {
  const place = where === undefined || where === text ? '' : `"${where}": `;
  const who = `as user ${userInfo().username} on ${hostname()}`;
  return new JobRefused(`Cannot write to "${text}": ${place}${errorText(error)}, ${who}`, {
    cause: error,
  });
}
