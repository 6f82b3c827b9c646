import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { clusterFilePath } from '../../protocol/job-layout.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { UserError } from '../../runtime/user-error.ts';
import { type DirectoryLock, lockDirectory } from '../../runtime/files/directory-lock.ts';
import { makeDirectories } from '../../runtime/files/make-directories.ts';
import { GROUP_MODES, makeDirectory, PRIVATE_MODES, type StoreModes } from './modes.ts';
import { writeFileWhole } from '../../runtime/files/write-file-whole.ts';

/** A shared directory that belongs to this Manager alone for as long as it lives. */
export interface Cluster {
  /** Absolute, symlinks resolved: what Workers are told. */
  readonly directory: string;
  readonly clusterId: string;
  readonly token: string;
  /** At least one more than the last Manager's here; the journal has the last word. */
  readonly epoch: number;
  /** One more than the highest job that left something here. */
  readonly firstJobId: number;
  readonly modes: StoreModes;
  release(): Promise<void>;
}

/** `cluster.json`. Workers compare `token` with what `register_ack` says. */
interface ClusterFile {
  readonly format_version: number;
  readonly cluster_id: string;
  readonly token: string;
  readonly epoch: number;
}

const FORMAT_VERSION = 1;
const SUBDIRECTORIES = ['jobs', 'files', 'logs', 'journal'];
const OTHERS_WRITE = 0o002;

/**
 * Opens a shared directory: makes what is missing, takes the lock, begins a new epoch.
 * @throws UserError when it cannot be used, or another Manager uses it
 */
export async function openCluster(path: string, sharedGroup: boolean): Promise<Cluster> {
  const modes = sharedGroup ? GROUP_MODES : PRIVATE_MODES;
  try {
    await makeDirectories(path, modes.directory);
    const directory = await realpath(path);
    await checkOwner(directory, sharedGroup);
    const lock = await mustLock(directory);
    try {
      return await prepare(directory, modes, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refused(path, errorText(error), error);
  }
}

async function checkOwner(directory: string, sharedGroup: boolean): Promise<void> {
  const status = await stat(directory);
  const user = process.geteuid?.();
  if (user !== undefined && status.uid !== user && !sharedGroup) {
    throw refused(directory, `it belongs to another user (uid ${String(status.uid)})`);
  }
  if ((status.mode & OTHERS_WRITE) !== 0) {
    throw refused(
      directory,
      `every user can write to it: run ${formatCommand(['chmod', 'o-w', directory])}`,
    );
  }
}

async function mustLock(directory: string): Promise<DirectoryLock> {
  const attempt = await lockDirectory(await stat(directory));
  if ('lock' in attempt) return attempt.lock;
  const who =
    attempt.heldBy > 0 ? `the Manager with process id ${String(attempt.heldBy)}` : 'a Manager';
  throw refused(directory, `${who} is using it; stop that one first`);
}

async function prepare(
  directory: string,
  modes: StoreModes,
  lock: DirectoryLock,
): Promise<Cluster> {
  const entries = await readdir(directory);
  if (entries.length === 0) await chmod(directory, modes.directory);
  for (const name of SUBDIRECTORIES) {
    if (!entries.includes(name)) await makeDirectory(`${directory}/${name}`, modes.directory);
  }
  const before = await readClusterFile(directory);
  const file: ClusterFile = {
    format_version: FORMAT_VERSION,
    cluster_id: before?.cluster_id ?? randomUUID(),
    token: before?.token ?? randomBytes(16).toString('hex'),
    epoch: (before?.epoch ?? 0) + 1,
  };
  const content = `${JSON.stringify(file, undefined, 2)}\n`;
  await writeFileWhole(clusterFilePath(directory), content, modes.file);
  return {
    directory,
    clusterId: file.cluster_id,
    token: file.token,
    epoch: file.epoch,
    firstJobId: (await highestJobId(directory)) + 1,
    modes,
    release: () => lock.release(),
  };
}

async function readClusterFile(directory: string): Promise<ClusterFile | undefined> {
  const path = clusterFilePath(directory);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const found = parseClusterFile(text);
  if (!found) throw refused(directory, `"${path}" is not a Manager's`);
  if (found.format_version <= FORMAT_VERSION) return found;
  const versions = `it has format version ${String(found.format_version)}, this Manager knows ${String(FORMAT_VERSION)}`;
  throw refused(directory, `${versions}: use the newer Muster that wrote it`);
}

function parseClusterFile(text: string): ClusterFile | undefined {
  let value: Partial<ClusterFile> | null;
  try {
    value = JSON.parse(text) as Partial<ClusterFile> | null;
  } catch {
    return undefined;
  }
  const { format_version: version, cluster_id: id, token, epoch } = value ?? {};
  const whole = Number.isSafeInteger(version) && Number.isSafeInteger(epoch);
  const named = typeof id === 'string' && typeof token === 'string';
  return whole && named ? (value as ClusterFile) : undefined;
}

/** Jobs of Managers before this one may have left data: their numbers are not used again. */
async function highestJobId(directory: string): Promise<number> {
  const names = await readdir(`${directory}/jobs`);
  const ids = names.map((name) => Number(/^job-(\d{1,10})$/.exec(name)?.[1] ?? 0));
  return ids.reduce((highest, id) => Math.max(highest, id), 0);
}

function refused(directory: string, cause: string, error?: unknown): UserError {
  const message = `Cannot use the shared directory "${directory}": ${cause}`;
  return new UserError(message, undefined, { cause: error });
}
