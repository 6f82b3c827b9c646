import { EXIT_CODES } from '../../runtime/exit-codes.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { UserError } from '../../runtime/user-error.ts';
import type { JournalRecord } from '../scheduler/records.ts';
import { epochFileName, epochsOf, isTemporary, TEMPORARY } from './epoch-name.ts';
import type { JournalDisk } from './journal-disk.ts';
import {
  type EpochFile,
  JOURNAL_FORMAT_VERSION,
  JournalDamagedError,
  readEpoch,
  readHeader,
} from './read-epoch.ts';
import { type EpochIdentity, writeEpoch, type WrittenEpoch } from './write-epoch.ts';

export interface OpenJournalOptions {
  readonly disk: JournalDisk;
  readonly clusterId: string;
  /** At least: an epoch is never used twice, even where the journal was taken away. */
  readonly firstEpoch: number;
  /** Tells this Manager's files that have no name yet from another's. */
  readonly writerId: string;
}

/** A journal that this Manager has claimed and read, and has not written to yet. */
export interface ClaimedJournal {
  readonly identity: EpochIdentity;
  /** What the Managers before recorded, as {@link storedForm} leaves it. */
  readonly records: readonly JournalRecord[];
  /** Lines that were being written when the last Manager ended. */
  readonly cutLines: number;
  /**
   * Begins the epoch with a state that says the same as `records`, or more. Only now the file of the
   * epoch before goes.
   */
  begin(snapshot: readonly JournalRecord[]): Promise<WrittenEpoch>;
}

/** Bytes that hold any header. */
const HEADER_BYTES_MAX = 4096;

/**
 * Claims the next epoch and then reads what the last one left. In this order: whoever still writes
 * to the last one looks for a claim after each sync and before it acts, so that all it acted on is
 * in what is read here.
 * @throws UserError when the journal is damaged, a newer Muster's or another cluster's, or another
 *   Manager takes it over at this moment
 */
export async function openJournal(options: OpenJournalOptions): Promise<ClaimedJournal> {
  const { disk, clusterId, firstEpoch } = options;
  const before = epochsOf(await disk.list());
  for (const epoch of before) await checkHeader(options, epoch);
  const identity = { epoch: Math.max(firstEpoch, (before[0] ?? 0) + 1), clusterId };
  await claim(options, identity);
  const last = await readLast(options, identity.epoch);
  return {
    identity,
    records: last?.records ?? [],
    cutLines: last?.cutLines ?? 0,
    begin: async (snapshot) => {
      const written = await replaceEpoch(options, identity, snapshot);
      await removeOthers(disk, identity.epoch);
      return written;
    },
  };
}

/** A file that this Muster cannot use is refused before anything is changed. */
async function checkHeader({ disk, clusterId }: OpenJournalOptions, epoch: number): Promise<void> {
  const name = epochFileName(epoch);
  const header = readHeader(await disk.read(name, HEADER_BYTES_MAX));
  if (!header) throw damaged(disk.pathOf(name), 'line 1 is damaged');
  if (header.format_version > JOURNAL_FORMAT_VERSION) {
    const versions = `it has format version ${String(header.format_version)}, this Manager knows ${String(JOURNAL_FORMAT_VERSION)}`;
    throw refused(disk.pathOf(name), `${versions}: use the newer Muster that wrote it`);
  }
  if (header.cluster_id !== clusterId) {
    throw refused(
      disk.pathOf(name),
      `it belongs to cluster ${header.cluster_id}, "cluster.json" says ${clusterId}: put back the "cluster.json" that belongs to it`,
    );
  }
}

/** A complete file gets the epoch's name, unless that is taken. */
async function claim(options: OpenJournalOptions, identity: EpochIdentity): Promise<void> {
  const { disk, writerId } = options;
  const temporary = `claim-${writerId}${TEMPORARY}`;
  const name = epochFileName(identity.epoch);
  const { file } = await writeEpoch(disk, temporary, identity, null);
  await file.close();
  try {
    await disk.link(temporary, name);
    await disk.syncDirectory();
  } catch (error) {
    // Gone: another one has begun an epoch and swept what had no name.
    if (errorCode(error) !== 'EEXIST' && errorCode(error) !== 'ENOENT') throw error;
    throw refused(disk.pathOf(name), 'another Manager is starting with it; stop that one first');
  } finally {
    await disk.remove(temporary);
  }
}

/** The last epoch that began; claims of Managers that never acted say nothing. */
async function readLast(
  { disk }: OpenJournalOptions,
  ownEpoch: number,
): Promise<EpochFile | undefined> {
  for (const epoch of epochsOf(await disk.list())) {
    if (epoch > ownEpoch) throw takenOver(disk, epoch);
    if (epoch === ownEpoch) continue;
    const name = epochFileName(epoch);
    try {
      const found = readEpoch(await disk.read(name));
      if (found.header.snapshot !== null) return found;
    } catch (error) {
      if (!(error instanceof JournalDamagedError)) throw error;
      throw damaged(disk.pathOf(name), error.message);
    }
  }
  return undefined;
}

/**
 * Puts a complete new file in the place of the epoch's own: with its first state, or with its
 * present one when it has become long.
 */
export async function replaceEpoch(
  { disk, writerId }: Pick<OpenJournalOptions, 'disk' | 'writerId'>,
  identity: EpochIdentity,
  snapshot: readonly JournalRecord[],
  following: readonly JournalRecord[] = [],
): Promise<WrittenEpoch> {
  const temporary = `snapshot-${writerId}${TEMPORARY}`;
  let written: WrittenEpoch | undefined;
  try {
    written = await writeEpoch(disk, temporary, identity, snapshot, following);
    await checkOwner(disk, identity.epoch);
    await disk.rename(temporary, epochFileName(identity.epoch));
  } catch (error) {
    await written?.file.close().catch(() => undefined);
    // It may have filled the disk.
    await disk.remove(temporary).catch(() => undefined);
    throw error;
  }
  await syncNames(disk, epochFileName(identity.epoch));
  return written;
}

/** Whatever the cause, even a full disk, nobody knows then which of two files a crash would leave. */
async function syncNames(disk: JournalDisk, name: string): Promise<void> {
  try {
    await disk.syncDirectory();
  } catch (error) {
    throw unsafe(disk.pathOf(name), error);
  }
}

/**
 * A Manager may act on what it wrote only while no later one has claimed the journal.
 * @throws UserError
 */
export async function checkOwner(disk: JournalDisk, ownEpoch: number): Promise<void> {
  const [latest] = epochsOf(await disk.list());
  if (latest !== ownEpoch) throw takenOver(disk, latest);
}

async function removeOthers(disk: JournalDisk, ownEpoch: number): Promise<void> {
  const names = await disk.list();
  // The oldest first: an epoch's file must not outlive one that came after it.
  for (const epoch of epochsOf(names).toReversed()) {
    if (epoch < ownEpoch) await disk.remove(epochFileName(epoch));
  }
  for (const name of names) if (isTemporary(name)) await disk.remove(name);
}

function takenOver(disk: JournalDisk, epoch: number | undefined): UserError {
  const path = epoch === undefined ? disk.pathOf('') : disk.pathOf(epochFileName(epoch));
  return refused(path, 'another Manager has taken over; this one stops');
}

function damaged(path: string, what: string): UserError {
  return refused(
    path,
    `${what}. Put back a sound copy of it, or move the file away: jobs that stand in it are then forgotten, their files stay`,
  );
}

/** What to say of a journal of which nobody knows any more what is on the disk. */
export function unsafe(path: string, error: unknown): UserError {
  return new UserError(
    `Cannot write the journal "${path}": ${errorText(error)}. What it says may not be on the disk: this Manager stops, the next one goes on from what is`,
    EXIT_CODES.jobFailed,
    { cause: error },
  );
}

function refused(path: string, cause: string): UserError {
  return new UserError(`Cannot use the journal "${path}": ${cause}`);
}
