import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';
import type { FileNode } from '../sim-disk.ts';
import { Ledger, recordName } from './ledger.ts';
import type { InvariantName } from './violation.ts';

/** Records that the Manager waits for before it acts. */
const AWAITED: ReadonlySet<JournalRecord['type']> = new Set<JournalRecord['type']>([
  'job_accepted',
  'task_committed',
  'map_voided',
  'publishing',
  'published',
  'job_ended',
]);

/** A file of the journal as far as it was read. */
interface FileSoFar {
  bytes: number;
  /** How many records its beginning state has; undefined: the header was not read yet. */
  snapshot: number | null | undefined;
  /** The records of the state, or of what followed, that were not read yet. */
  left: number;
  readonly ledger: Ledger;
  isActive: boolean;
}

type Tell = (name: InvariantName, message: string) => void;

/** What is known to be on the disk, read from the bytes there, and what the Manager was told of it. */
export class DurableJournal {
  /** What a power cut would leave at least. */
  durable = new Ledger();
  /** What the present Manager has been told is durable. */
  known = new Ledger();
  /** Maps whose voiding was asked for: that may outlive a Manager though nobody has synced it. */
  readonly askedToVoid = new Set<string>();
  readonly #tell: Tell;
  readonly #files = new Map<number, FileSoFar>();
  #awaited: JournalRecord[] = [];

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Bytes of a file of the journal are on the disk. */
  synced(file: FileNode): void {
    const so = this.#files.get(file.inode) ?? newFile();
    this.#files.set(file.inode, so);
    for (;;) {
      const newline = file.synced.indexOf(NEWLINE, so.bytes);
      if (newline === -1) return;
      const line = file.synced.toString('utf8', so.bytes, newline);
      so.bytes = newline + 1;
      this.#line(so, jsonOf(line));
    }
  }

  /** A file has the name of its epoch from now on: what it says counts. */
  named(file: FileNode): void {
    const so = this.#files.get(file.inode);
    if (so?.snapshot === undefined || so.snapshot === null || so.isActive) return;
    so.isActive = true;
    const lack = this.durable.lacksIn(so.ledger, this.askedToVoid);
    if (lack !== undefined) this.#tell('I8', `the new file of the journal: ${lack}`);
    so.ledger.remember(this.durable);
    this.durable = so.ledger;
  }

  /** The Manager is told that a record is on the disk. */
  told(record: JournalRecord): void {
    if (AWAITED.has(record.type)) {
      const next = this.#awaited.shift();
      if (next === undefined || recordName(next) !== recordName(record)) {
        this.#tell('I8', `${recordName(record)} is told as recorded and is not on the disk`);
      }
    }
    this.known.add(record);
  }

  /** A Manager begins with what it has read. */
  begin(): void {
    this.known = this.durable.copy();
    this.#awaited = [];
  }

  #line(so: FileSoFar, value: unknown): void {
    if (so.snapshot === undefined) {
      so.snapshot = (value as { readonly snapshot: number | null }).snapshot;
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
    if (AWAITED.has(record.type)) this.#awaited.push(record);
  }
}

const NEWLINE = 0x0a;
const FIELDS_BEFORE_JSON = 4;

function newFile(): FileSoFar {
  return { bytes: 0, snapshot: undefined, left: 0, ledger: new Ledger(), isActive: false };
}

function jsonOf(line: string): unknown {
  let from = 0;
  for (let field = 0; field < FIELDS_BEFORE_JSON; field += 1) from = line.indexOf(' ', from) + 1;
  return JSON.parse(line.slice(from));
}
