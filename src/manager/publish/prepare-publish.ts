import { attemptName, type AttemptRef, taskName } from '../../protocol/ids.ts';
import {
  attemptDirectory,
  BAD_OUTPUT_NAME,
  BAD_RECORD_FILES,
  BAD_RECORDS_NAME,
  PART_NAME,
  partName,
  SIDE_FILES_NAME,
} from '../../protocol/job-layout.ts';
import { inParallel } from '../../runtime/in-parallel.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import type { ManagerCommand, PublishPart } from '../scheduler/commands.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { publishDirectory, publishListPath, SUCCESS_MARKER } from './output-names.ts';
import { syncPath } from './sync.ts';

export type PreparePublish = Omit<
  Extract<ManagerCommand, { type: 'prepare_publish' }>,
  'type' | 'jobId'
>;

/** The finished `publish/`: who it is, for recognising it after a rename, and its parts. */
export interface PreparedOutput {
  readonly device: number;
  readonly inode: number;
  readonly parts: number;
}

/** One file on its way from its attempt into `publish/`. */
interface Move {
  readonly from: string;
  readonly name: string;
  /** `map-00001.2`, whose file it is. */
  readonly owner: string;
  /** Undefined for side files, whose size nobody reported. */
  readonly bytes: number | undefined;
}

const LANES = 16;

/**
 * Collects the winners in `publish/`: moved by rename, sizes checked, files and directory synced.
 * Nothing is visible yet. May be done again after it was cut short anywhere.
 * @throws Error whose message is for the user
 */
export async function preparePublish(
  request: PreparePublish,
  files: FileSystem = nodeFileSystem,
): Promise<PreparedOutput> {
  const moves = request.parts.flatMap((part) => movesOf(part, request));
  checkNames(moves, request);
  const directory = publishDirectory(request.place);
  await makeOnce(files, directory);
  await inParallel(moves, LANES, (move) => moveIn(files, move, directory));
  if (request.badRecords.length > 0) await collectBadRecords(files, request, directory);
  if (request.successMarker) {
    const marker = `${directory}/${SUCCESS_MARKER}`;
    await files.writeFile(marker, '', { mode: 0o666 });
    await files.chmod(marker, 0o666 & ~request.umask);
    await syncPath(files, marker);
  }
  await dress(files, request, directory);
  await syncPath(files, directory);
  if (request.place.mode === 'in_place') await writeList(files, request, moves);
  const { dev, ino } = await files.stat(directory);
  return {
    device: dev,
    inode: ino,
    parts: moves.filter((move) => move.bytes !== undefined).length,
  };
}

function movesOf(part: PublishPart, request: PreparePublish): Move[] {
  const directory = attemptDirectory(request.place.stagingDirectory, part.attempt);
  const owner = attemptName(part.attempt);
  const sides = part.sideFiles.map((name) => ({
    from: `${directory}/${SIDE_FILES_NAME}/${name}`,
    name,
    owner,
    bytes: undefined,
  }));
  if (part.partIndex === null) return sides;
  const name = partName(part.partIndex, request.totalParts);
  return [{ from: `${directory}/${PART_NAME}`, name, owner, bytes: part.bytes }, ...sides];
}

/** Two files under one name would be one file less: the job fails, naming both writers. */
function checkNames(
  moves: readonly Move[],
  { successMarker, badRecords }: Pick<PreparePublish, 'successMarker' | 'badRecords'>,
): void {
  const owners = new Map<string, string>();
  if (successMarker) owners.set(SUCCESS_MARKER, 'the job itself');
  if (badRecords.length > 0) owners.set(BAD_OUTPUT_NAME, 'the job itself');
  for (const { name, owner } of moves) {
    if (name === '' || name.includes('/') || name === '.' || name === '..') {
      throw new Error(`Cannot publish file "${name}" of ${owner}: it is not a plain name`);
    }
    const other = owners.get(name);
    if (other !== undefined) {
      throw new Error(
        `Cannot publish file "${name}" of ${owner}: ${other} wrote a file of the same name`,
      );
    }
    owners.set(name, owner);
  }
}

/** Puts what maps left out of their input into `_bad/`, two files a map. */
async function collectBadRecords(
  files: FileSystem,
  { badRecords, place, umask }: PreparePublish,
  directory: string,
): Promise<void> {
  const target = `${directory}/${BAD_OUTPUT_NAME}`;
  await makeOnce(files, target);
  const moves = badRecords.flatMap((attempt) => badRecordMoves(place.stagingDirectory, attempt));
  await inParallel(moves, LANES, (move) => moveIn(files, move, target));
  const own = await files.stat(target);
  await files.chmod(target, (own.mode & 0o7000) | (0o777 & ~umask));
  await syncPath(files, target);
}

function badRecordMoves(staging: string, attempt: AttemptRef): Move[] {
  const from = `${attemptDirectory(staging, attempt)}/${BAD_RECORDS_NAME}`;
  const task = taskName(attempt);
  const owner = attemptName(attempt);
  return [
    { from: `${from}/${BAD_RECORD_FILES.lines}`, name: `${task}.lines`, owner, bytes: undefined },
    { from: `${from}/${BAD_RECORD_FILES.records}`, name: `${task}.jsonl`, owner, bytes: undefined },
  ];
}

async function moveIn(files: FileSystem, move: Move, directory: string): Promise<void> {
  const target = `${directory}/${move.name}`;
  try {
    await files.rename(move.from, target).catch((error: unknown) => {
      // Not there any more: moved by an earlier try, or lost. The look at the target decides.
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    const status = await files.lstat(target);
    if (!status.isFile()) throw new Error('it is not a regular file');
    if (move.bytes !== undefined && status.size !== move.bytes) {
      throw new Error(`it has ${String(status.size)} bytes instead of ${String(move.bytes)}`);
    }
    await syncPath(files, target);
  } catch (error) {
    const cause = errorText(error);
    throw new Error(`Cannot publish file "${move.name}" of ${move.owner}: ${cause}`, {
      cause: error,
    });
  }
}

async function makeOnce(files: FileSystem, directory: string): Promise<void> {
  try {
    await files.mkdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** The mode that the submitter's umask gives; an existing output passes on its mode and owner. */
async function dress(files: FileSystem, request: PreparePublish, directory: string): Promise<void> {
  const { place, umask } = request;
  const own = await files.stat(directory);
  const before = await files.stat(place.directory).catch(() => undefined);
  if (!before || place.mode === 'in_place') {
    // A set-group-id parent has given its bit: it stays.
    await files.chmod(directory, (own.mode & 0o7000) | (0o777 & ~umask));
    return;
  }
  if (own.uid !== before.uid || own.gid !== before.gid) {
    await files.chown(directory, before.uid, before.gid);
  }
  // After chown, which clears the set-group-id bit.
  await files.chmod(directory, before.mode & 0o7777);
}

/** By the first successful pass the list is complete; later ones find fewer files to move. */
async function writeList(
  files: FileSystem,
  request: PreparePublish,
  moves: readonly Move[],
): Promise<void> {
  const names = moves.map((move) => move.name);
  if (request.badRecords.length > 0) names.push(BAD_OUTPUT_NAME);
  if (request.successMarker) names.push(SUCCESS_MARKER);
  const path = publishListPath(request.place);
  await files.writeFile(path, JSON.stringify(names), { flush: true });
}
