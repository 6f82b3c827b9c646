import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';
import { epochsOf } from '../../../src/manager/journal/epoch-name.ts';
import type { FileNode } from '../sim-disk.ts';
import { Ledger, recordName } from './ledger.ts';
import type { InvariantName } from './violation.ts';

/** Records that the Manager waits for before it acts. */
const AWAITED: ReadonlySet<JournalRecord['type']> = new Set<JournalRecord['type']>([
  'job_accepted',
  'task_committed',
  'map_voided',
  'job_stopping',
  'publishing',
  'published',
  'job_ended',
]);

/** A file of the journal as far as it was read. */
interface FileSoFar {
  bytes: number;
  epoch: number;
  /** How many records its beginning state has; undefined: the header was not read yet. */
  snapshot: number | null | undefined;
  /** The records of the state, or of what followed, that were not read yet. */
  left: number;
  readonly ledger: Ledger;
  /** Of a file that is not the journal yet: records that the Manager waits for. */
  following: JournalRecord[];
  isActive: boolean;
}

type Tell = (name: InvariantName, message: string) => void;

/** What is known to be on the disk, read from the bytes there, and what the Manager was told of it. */
export class DurableJournal {
  /** What a power cut would leave at least. */
  durable = new Ledger();
  /** What the Manager of an epoch has been told is durable. */
  readonly #known = new Map<number, Ledger>();
  /** Maps whose voiding was asked for: that may outlive a Manager though nobody has synced it. */
  readonly askedToVoid = new Set<string>();
  readonly #tell: Tell;
  readonly #files = new Map<number, FileSoFar>();
  /** By epochs, what is on the disk and was not told yet. */
  readonly #awaited = new Map<number, JournalRecord[]>();
  /** The highest epoch that has a file: whoever writes to a lower one must not act on it any more. */
  #latestEpoch = 0;
  #latest: FileSoFar | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Bytes of a file of the journal are on the disk. */
  synced(file: FileNode): void {
    const so = this.#files.get(file.inode) ?? newFile();
    this.#files.set(file.inode, so);
    if (so.isActive && so.epoch < this.#latestEpoch) return;
    for (;;) {
      const newline = file.synced.indexOf(NEWLINE, so.bytes);
      if (newline === -1) return;
      const line = file.synced.toString('utf8', so.bytes, newline);
      so.bytes = newline + 1;
      this.#line(so, jsonOf(line));
      if (so.isActive) this.#expect(so);
    }
  }

  /** A file has the name of its epoch: who writes to an earlier one has no say from now on. */
  named(file: FileNode, epoch: number): void {
    if (epoch < this.#latestEpoch) return;
    this.#latestEpoch = epoch;
    const so = this.#files.get(file.inode);
    if (typeof so?.snapshot === 'number' && !so.isActive) this.#latest = so;
  }

  /** The names of the journal's files are on the disk: what the latest of them says counts. */
  namesSynced(): void {
    const so = this.#latest;
    if (!so || so.isActive) return;
    so.isActive = true;
    this.#expect(so);
    const lack = this.durable.lacksIn(so.ledger, this.askedToVoid);
    if (lack !== undefined) this.#tell('I8', `the new file of the journal: ${lack}`);
    so.ledger.remember(this.durable);
    this.durable = so.ledger;
  }

  /** What was not synced is gone, names too: an epoch whose claim is gone may come again. */
  powerCut(names: Iterable<string>): void {
    this.#latest = undefined;
    this.#latestEpoch = Math.max(0, ...epochsOf([...names]));
  }

  /** The Manager is told that a record is on the disk. */
  told(epoch: number, record: JournalRecord): void {
    if (AWAITED.has(record.type)) {
      const next = this.#awaited.get(epoch)?.shift();
      if (next === undefined || recordName(next) !== recordName(record)) {
        this.#tell('I8', `${recordName(record)} is told as recorded and is not on the disk`);
      }
    }
    this.knownTo(epoch).add(record);
  }

  /** A Manager begins with what it has read. */
  begin(epoch: number): void {
    this.#known.set(epoch, this.durable.copy());
    this.#awaited.set(epoch, []);
  }

  /** What the Manager of an epoch has been told is durable. */
  knownTo(epoch: number): Ledger {
    return this.#known.get(epoch) ?? NOTHING_KNOWN;
  }

  #line(so: FileSoFar, value: unknown): void {
    if (so.snapshot === undefined) {
      const header = value as { readonly epoch: number; readonly snapshot: number | null };
      so.epoch = header.epoch;
      so.snapshot = header.snapshot;
      so.left = so.snapshot ?? 0;
      return;
    }
    const record = value as JournalRecord;
    const problem = so.ledger.add(record);
    if (problem !== undefined) this.#tell('I2', `the journal: ${problem}`);
    if (so.left > 0) {
      so.left -= 1;
      return;
    }
    if (AWAITED.has(record.type)) so.following.push(record);
  }

  /** Of a file that became the journal: one that stayed without a name is written to the old one. */
  #expect(so: FileSoFar): void {
    this.#awaited.get(so.epoch)?.push(...so.following);
    so.following = [];
  }
}

const NOTHING_KNOWN = new Ledger();
const NEWLINE = 0x0a;
const FIELDS_BEFORE_JSON = 4;

function newFile(): FileSoFar {
  const nothing = { bytes: 0, epoch: 0, snapshot: undefined, left: 0 };
  return { ...nothing, ledger: new Ledger(), following: [], isActive: false };
}

function jsonOf(line: string): unknown {
  let from = 0;
  for (let field = 0; field < FIELDS_BEFORE_JSON; field += 1) from = line.indexOf(' ', from) + 1;
  return JSON.parse(line.slice(from));
}
