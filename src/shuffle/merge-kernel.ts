import { assert } from '../runtime/assert.ts';

/** What can be wrong with a source, by the numbers that assembly/merge-source.ts has for it. */
export const DAMAGES = [
  'a number in it is damaged',
  'a length in it is damaged',
  'a block and its index disagree',
] as const;

/** Whoever has the kernel merge. What its methods throw comes out of the call that led to them. */
export interface MergeHost {
  /** Reads what comes next of a source, `room` bytes at most and one at least, to `at`. */
  readMore(source: number, at: number, room: number): number;
  /** The address of memory for a window, up to the end of the merge. */
  makeWindow(bytes: number): number;
  reportDamage(source: number, kind: number): never;
  /** A key with many records. Gives how many the next one must have to be of interest. */
  noteGroup(key: number, keyBytes: number, records: number): number;
}

/** The part of the kernel that merges, see assembly/merge-groups.ts. */
export interface MergeKernel {
  /** Whom the merge asks; to be set before `mergeAdd`. */
  readonly mergeHost: HostSlot;

  mergeBytes(sources: number): number;
  mergeBegin(at: number, sources: number, sortsValues: boolean): void;
  mergeSource(
    index: number,
    window: number,
    capacity: number,
    unread: number,
    groups: number,
    records: number,
    largestBytes: number,
  ): void;
  mergeRange(
    index: number,
    from: number,
    fromBytes: number,
    hasEnd: boolean,
    to: number,
    toBytes: number,
  ): void;
  mergeAdd(index: number): void;
  mergeGroups(): number;
  mergeRecords(): number;

  /** The three ways to take a merge: lines, groups as in a run, and one value at a time. */
  mergeLinesBegin(separator: number, separatorBytes: number): void;
  mergeLines(chunk: number, bytes: number): number;
  mergeEncodedBegin(): void;
  mergeEncoded(chunk: number, bytes: number): number;
  /** Memory that a chunk takes which is full with so many bytes. */
  mergeChunkBytes(bytes: number): number;
  cursorView(): number;
  cursorNextGroup(): number;
  cursorNextItem(): number;
}

/** Passes what a kernel asks for on to the merge of the moment. */
export class HostSlot {
  host: MergeHost | undefined;

  /** The kernel's imports. It gives addresses as signed numbers. */
  readonly imports: MergeHost = {
    readMore: (source, at, room) => this.#current.readMore(source, at >>> 0, room >>> 0),
    makeWindow: (bytes) => this.#current.makeWindow(bytes >>> 0),
    reportDamage: (source, kind) => this.#current.reportDamage(source, kind),
    noteGroup: (key, keyBytes, records) =>
      this.#current.noteGroup(key >>> 0, keyBytes >>> 0, records),
  };

  get #current(): MergeHost {
    assert(this.host !== undefined, 'a kernel merged for nobody');
    return this.host;
  }
}
