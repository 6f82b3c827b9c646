import {
  access,
  constants,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeDirectories } from '../runtime/files/make-directories.ts';
import { makeTemporaryDirectory } from '../runtime/files/make-temporary-directory.ts';
import { errorText } from '../runtime/system-error.ts';
import { UserError } from '../runtime/user-error.ts';
import { isDead, type ScratchOwner, thisOwner } from './scratch-owner.ts';

/** The private directory of one Worker process, gone when the process is. */
export interface ScratchDirectory {
  readonly path: string;
  /** Left-overs of dead processes that were removed before it was made. */
  readonly swept: readonly string[];
  remove(): Promise<void>;
}

/** Linux; elsewhere there is none. */
const MEMORY = '/dev/shm';
const OWNER_FILE = 'owner.json';
const NAME = /^(?:muster-)?worker-\d+-[0-9a-f]+$/;

/**
 * Makes `worker-PID-NONCE` in the work directory, which is made if need be, or
 * `muster-worker-PID-NONCE` among the machine's temporary files. First removes what dead Workers of
 * this user left there; what belongs to a live process, or to one of another machine, is not touched.
 * @throws UserError when the directory cannot be used
 */
export async function makeScratchDirectory(
  workDirectory: string | undefined,
  nonce: string,
): Promise<ScratchDirectory> {
  const parent = workDirectory === undefined ? tmpdir() : resolve(workDirectory);
  const prefix = workDirectory === undefined ? 'muster-worker' : 'worker';
  try {
    return await makeIn(parent, prefix, nonce);
  } catch (error) {
    throw new UserError(`Cannot use work directory "${parent}": ${errorText(error)}`, undefined, {
      cause: error,
    });
  }
}

/**
 * Makes such a directory in memory, for what has a name only: names are made and removed there some
 * hundred times faster than on some disks. Undefined where the machine has no place for it.
 */
export async function makeMemoryDirectory(nonce: string): Promise<ScratchDirectory | undefined> {
  try {
    await access(MEMORY, constants.W_OK);
    return await makeIn(MEMORY, 'muster-worker', nonce);
  } catch {
    return undefined;
  }
}

async function makeIn(parent: string, prefix: string, nonce: string): Promise<ScratchDirectory> {
  const made = await makeDirectories(parent, 0o700);
  const owner = await thisOwner();
  const swept = await sweep(parent, owner);
  const path = join(parent, `${prefix}-${String(process.pid)}-${nonce}`);
  await makeOwned(parent, path, owner);
  return { path, swept, remove: () => remove(path, parent, made) };
}

/** Its name appears only when it says whose it is, so that no neighbour sweeps it meanwhile. */
async function makeOwned(parent: string, path: string, owner: ScratchOwner): Promise<void> {
  const fresh = await makeTemporaryDirectory('muster-new', parent);
  await writeFile(join(fresh, OWNER_FILE), JSON.stringify(owner));
  await rename(fresh, path);
}

async function sweep(parent: string, here: ScratchOwner): Promise<readonly string[]> {
  const swept: string[] = [];
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!NAME.test(name) || !(await isLeftOver(path, here))) continue;
    await rm(path, { recursive: true, force: true });
    swept.push(path);
  }
  return swept;
}

async function isLeftOver(path: string, here: ScratchOwner): Promise<boolean> {
  try {
    if ((await stat(path)).uid !== process.geteuid?.()) return false;
    const owner = JSON.parse(await readFile(join(path, OWNER_FILE), 'utf8')) as ScratchOwner;
    return await isDead(owner, here);
  } catch {
    // Being removed by its owner or guard just now, or not ours at all.
    return false;
  }
}

/** What was made of the way to the work directory goes too, unless somebody else is in it. */
async function remove(path: string, parent: string, made: string | undefined): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  if (made === undefined) return;
  try {
    for (let empty = parent; empty.startsWith(made); empty = dirname(empty)) await rmdir(empty);
  } catch {
    // Somebody else is in it.
  }
}
