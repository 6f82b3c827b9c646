import type { Clock } from '../../runtime/clock.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { isAwaited, type JournalRecord } from '../scheduler/records.ts';
import { epochFileName } from './epoch-name.ts';
import type { Journal } from './journal.ts';
import type { JournalDisk } from './journal-disk.ts';
import { checkOwner, replaceEpoch, unsafe } from './open-journal.ts';
import { type EpochIdentity, encodeRecords, writeFully, type WrittenEpoch } from './write-epoch.ts';

export interface FileJournalOptions {
  readonly disk: JournalDisk;
  readonly identity: EpochIdentity;
  readonly writerId: string;
  readonly clock: Clock;
  readonly onRecorded: (record: JournalRecord) => void;
  /** The present state in records, for a file that has grown too long. */
  readonly snapshot: () => readonly JournalRecord[];
  /** About how many these are, without making them. */
  readonly countSnapshot: () => number;
  /** The disk is full, or has room again; nothing is lost meanwhile. */
  readonly onRoom: (hasRoom: boolean, detail: string) => void;
  /** What was written may not be there, or is another Manager's now: nothing is told any more. */
  readonly onFailure: (error: unknown) => void;
  /** No shorter file is written anew. */
  readonly longFileBytes?: number;
}

/** How often a Manager that has nothing to write looks whether another one has taken over. */
const OWNER_LOOK_MS = 5000;
/** How often a full disk is tried again. */
const ROOM_RETRY_MS = 1000;
const LONG_FILE_BYTES = 32 * 1024 * 1024;
/** A file is written anew when it has outgrown the state that it began with so many times. */
const GROWTH = 4;
/**
 * And when it has so many times the records of the present state: those of a job that runs are mostly
 * needed, and to write them all again would take room and time for nothing.
 */
const PAST_SHARE = 4;

/**
 * A journal on disk. What was appended since the last write goes in one, and is synced when any of
 * it is waited for: under load one sync serves many. What comes during a sync is written meanwhile:
 * where this process dies, and not its machine, the next Manager knows of it.
 *
 * A full disk holds everything up until there is room; any other error, and a failed sync above all,
 * ends the Manager: nobody knows what is on the disk then. So does a later Manager that has claimed
 * the journal: it is looked for before anything is told, and now and then where nothing is written.
 */
export class FileJournal implements Journal {
  readonly #options: FileJournalOptions;
  #written: WrittenEpoch;
  /** Length of the file when it was last written whole. */
  #firstBytes: number;
  /** Highest sequence number that is known to be on the disk. */
  #synced: number;
  #waiting: JournalRecord[] = [];
  #isSyncing = false;
  /** What the sync under way does not cover: in the file, not yet told. */
  #writtenAhead: JournalRecord[] = [];
  #writingAhead: Promise<void> | undefined;
  /** The write under way, or due; undefined while nothing waits. */
  #working: Promise<void> | undefined;
  #hasRoom = true;
  #closed = false;
  #failed = false;
  #cancelRetry: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;

  constructor(written: WrittenEpoch, options: FileJournalOptions) {
    this.#options = options;
    this.#written = written;
    this.#firstBytes = written.bytes;
    this.#synced = written.sequence - 1;
    this.#lookLater();
  }

  append(record: JournalRecord): void {
    if (this.#isOver) return;
    this.#waiting.push(record);
    // A file that is to be written anew is left alone.
    if (this.#isSyncing && !this.#isLong) this.#writingAhead ??= this.#writeAhead();
    else this.#working ??= this.#work();
  }

  /** What was appended is still written, unless there is no room for it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelLook?.();
    await this.#working;
    await this.#written.file.close().catch(() => undefined);
  }

  async #work(): Promise<void> {
    await new Promise<void>((resolve) => this.#options.clock.afterSockets(resolve));
    while (this.#waiting.length + this.#writtenAhead.length > 0 && !this.#failed) {
      const unwritten = this.#waiting;
      const batch = [...this.#writtenAhead, ...unwritten];
      this.#waiting = [];
      this.#writtenAhead = [];
      try {
        await this.#write(batch, unwritten);
        if (batch.some(isAwaited)) await this.#checkOwner();
      } catch (error) {
        this.#fail(error);
        break;
      }
      if (!this.#isOver) for (const record of batch) this.#options.onRecorded(record);
      await this.#writingAhead;
    }
    this.#working = undefined;
  }

  /** Nothing is taken or told any more. What is written ahead may fail during any wait. */
  get #isOver(): boolean {
    return this.#closed || this.#failed;
  }

  /** While a sync is under way. What comes after it waits for the next write. */
  async #writeAhead(): Promise<void> {
    await new Promise<void>((resolve) => this.#options.clock.afterSockets(resolve));
    try {
      while (this.#isSyncing && this.#waiting.length > 0 && !this.#isLong) {
        const records = this.#waiting;
        this.#waiting = [];
        await this.#writeLines(records);
        this.#writtenAhead.push(...records);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#writingAhead = undefined;
  }

  #lookLater(): void {
    const { clock } = this.#options;
    this.#cancelLook = clock.setTimer(OWNER_LOOK_MS, () => void this.#look());
  }

  /** Whoever is taken over and has nothing to write would keep its Workers and clients for ever. */
  async #look(): Promise<void> {
    const { disk, identity } = this.#options;
    try {
      await checkOwner(disk, identity.epoch);
    } catch (error) {
      // A disk that cannot be read says nothing; the next write has to get through anyway.
      if (errorCode(error) === undefined) this.#fail(error);
    }
    if (!this.#isOver) this.#lookLater();
  }

  /** @param unwritten those of the batch that are not in the file yet */
  async #write(
    batch: readonly JournalRecord[],
    unwritten: readonly JournalRecord[],
  ): Promise<void> {
    const isNew = batch.length === unwritten.length;
    if (this.#isLong && isNew && (await this.#rewrite(batch))) return;
    if (unwritten.length > 0) await this.#writeLines(unwritten);
    if (!batch.some(isAwaited)) return;
    const { file, sequence } = this.#written;
    this.#isSyncing = true;
    try {
      await file.sync();
    } finally {
      this.#isSyncing = false;
    }
    this.#synced = sequence - 1;
  }

  async #writeLines(records: readonly JournalRecord[]): Promise<void> {
    const bytes = encodeRecords(records, this.#written.sequence, this.#synced);
    const { file, bytes: position, sequence } = this.#written;
    const end = await this.#whenThereIsRoom(() => writeFully(file, bytes, position));
    this.#written = { file, bytes: end, sequence: sequence + records.length };
  }

  #checkOwner(): Promise<void> {
    const { disk, identity } = this.#options;
    return this.#whenThereIsRoom(() => checkOwner(disk, identity.epoch));
  }

  get #isLong(): boolean {
    const limit = Math.max(
      this.#options.longFileBytes ?? LONG_FILE_BYTES,
      GROWTH * this.#firstBytes,
    );
    const { bytes, sequence } = this.#written;
    return bytes > limit && sequence > PAST_SHARE * this.#options.countSnapshot();
  }

  /**
   * Begins the file anew with the present state. What nobody waits for is part of that already.
   * @returns whether there was room for it
   */
  async #rewrite(batch: readonly JournalRecord[]): Promise<boolean> {
    const { disk, writerId, identity, snapshot } = this.#options;
    const options = { disk, writerId };
    const old = this.#written.file;
    try {
      this.#written = await replaceEpoch(options, identity, snapshot(), batch.filter(isAwaited));
    } catch (error) {
      if (!isWantOfRoom(error)) throw error;
      // It goes on as it is, and is looked at again when it has grown as much once more.
      this.#firstBytes = this.#written.bytes;
      return false;
    }
    this.#firstBytes = this.#written.bytes;
    this.#synced = this.#written.sequence - 1;
    await old.close();
    return true;
  }

  /** The same bytes go to the same place again, over what a failed write may have left. */
  async #whenThereIsRoom<Result>(write: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        const result = await write();
        if (!this.#hasRoom) this.#noteRoom(true, 'the journal can be written again');
        return result;
      } catch (error) {
        if (!isWantOfRoom(error) || this.#closed) throw error;
        const { disk, identity } = this.#options;
        const path = disk.pathOf(epochFileName(identity.epoch));
        if (this.#hasRoom) this.#noteRoom(false, `cannot write "${path}": ${errorText(error)}`);
      }
      await this.#pause();
    }
  }

  #noteRoom(hasRoom: boolean, detail: string): void {
    this.#hasRoom = hasRoom;
    if (!this.#closed) this.#options.onRoom(hasRoom, detail);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.setTimer(ROOM_RETRY_MS, resolve);
      this.#cancelRetry = () => {
        cancel();
        resolve();
      };
    });
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#waiting = [];
    if (this.#closed) return;
    const { disk, identity } = this.#options;
    const path = disk.pathOf(epochFileName(identity.epoch));
    this.#options.onFailure(errorCode(error) === undefined ? error : unsafe(path, error));
  }
}

/** On the disk, or for one more open file: it passes, and nothing was changed. */
function isWantOfRoom(error: unknown): boolean {
  const code = errorCode(error);
  return code !== undefined && WANT_OF_ROOM.has(code);
}

const WANT_OF_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);
