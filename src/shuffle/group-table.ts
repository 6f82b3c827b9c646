import type { ArenaLease } from './arena.ts';
import { copyBytes } from './copy-bytes.ts';
import { sortEntries } from './entry-sort.ts';
import { sortItems } from './item-sort.ts';
import { KeyFinder, LINE_FEED } from './key-finder.ts';
import { RecordTooLongError } from './record-too-long-error.ts';
import type { RecordShape } from './record-shape.ts';
import { SortedEntries } from './sorted-entries.ts';
import * as layout from './table-layout.ts';
import { wordsFor } from './table-layout.ts';

const FIRST_SLOTS = 512;
const SHORT_LINE_BYTES = 24;

/** The smallest memory a table works in. */
export const TABLE_BYTES_MIN = 16_384;

export interface GroupTableOptions {
  readonly memory: ArenaLease;
  /** Everything the table may use of the memory, sorting included. */
  readonly budgetBytes: number;
  readonly partitions: number;
  readonly shape: RecordShape;
  /** Values of a key come back in byte order, not as they were emitted. */
  readonly sortValues: boolean;
  readonly maxRecordBytes: number;
}

/**
 * Groups records by key as they come: every key is stored once, its values are chained in the order
 * they were emitted, and equal values in a row are one item with a count. See table-layout.ts.
 *
 * Invariant: nothing is allocated outside the leased memory, and never beyond the budget.
 */
export class GroupTable {
  /** True when {@link feed} stopped before a record for which there is no room. */
  isFull = false;
  /** Records held, and distinct keys among them. */
  records = 0;
  groups = 0;

  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #finder: KeyFinder;
  readonly #partitions: number;
  readonly #sortValues: boolean;
  readonly #maxRecordBytes: number;
  readonly #limit: number;
  #slots = FIRST_SLOTS;
  #slotBase: number;
  #top = 1;
  #lastEntry = 0;

  constructor(options: GroupTableOptions) {
    this.#bytes = options.memory.bytes;
    this.#words = options.memory.words;
    this.#finder = new KeyFinder(options.shape);
    this.#partitions = options.partitions;
    this.#sortValues = options.sortValues;
    this.#maxRecordBytes = options.maxRecordBytes;
    this.#limit = Math.floor(options.budgetBytes / 4);
    this.#slotBase = this.#limit - FIRST_SLOTS * layout.SLOT_WORDS;
    this.clear();
  }

  /** Forgets everything. The slots keep their number: the next fill is likely to be like this one. */
  clear(): void {
    this.isFull = false;
    this.records = 0;
    this.groups = 0;
    this.#top = 1;
    this.#lastEntry = 0;
    this.#words.fill(0, this.#slotBase, this.#limit);
  }

  /**
   * Takes the complete lines of `chunk` from `from` on.
   *
   * @returns where it stopped: at an incomplete last line, or, when {@link isFull}, at a record for
   * which there is no room
   * @throws {RecordTooLongError}
   */
  feed(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    const finder = this.#finder;
    const maxRecordBytes = this.#maxRecordBytes;
    this.isFull = false;
    let taken = 0;
    let at = from;
    while (at < end) {
      const keyEnd = finder.find(chunk, at, end);
      const lineEnd = lineEndFrom(chunk, keyEnd, end);
      if (lineEnd < 0) break;
      if (lineEnd - at > maxRecordBytes) throw new RecordTooLongError(maxRecordBytes, chunk, at);
      const valueStart = finder.valueStart(keyEnd, lineEnd);
      if (!this.#add(chunk, at, keyEnd, valueStart, lineEnd)) {
        this.isFull = true;
        break;
      }
      taken++;
      at = lineEnd + 1;
    }
    this.records += taken;
    return at;
  }

  /** Sorts by partition and key. After this the table can only be read, then cleared. */
  sortGroups(): SortedEntries {
    const memory = { words: this.#words, bytes: this.#bytes };
    if (this.#sortValues) sortItems(memory, this.#lastEntry);
    const starts = sortEntries(memory, {
      base: this.#slotBase,
      lastEntry: this.#lastEntry,
      partitions: this.#partitions,
    });
    return new SortedEntries(memory, this.#slotBase, starts);
  }

  /** The record `chunk[start, lineEnd)`, just cut by the finder. False when there is no room. */
  #add(
    chunk: Uint8Array,
    start: number,
    keyEnd: number,
    valueStart: number,
    lineEnd: number,
  ): boolean {
    const words = this.#words;
    const { hash } = this.#finder;
    const mask = this.#slots - 1;
    let slot = hash & mask;
    for (;;) {
      const at = this.#slotBase + slot * layout.SLOT_WORDS;
      const entry = words[at + 1] as number;
      if (entry === 0) return this.#addEntry(chunk, start, keyEnd, valueStart, lineEnd);
      if (words[at] === hash && this.#hasKey(entry, chunk, start, keyEnd)) {
        return this.#addToEntry(entry, chunk, valueStart, lineEnd);
      }
      slot = (slot + 1) & mask;
    }
  }

  #hasKey(entry: number, chunk: Uint8Array, start: number, keyEnd: number): boolean {
    const length = keyEnd - start;
    if (this.#words[entry + layout.ENTRY_KEY_LENGTH] !== length) return false;
    return sameBytes(this.#bytes, layout.keyStartOf(entry), chunk, start, length);
  }

  #addToEntry(entry: number, chunk: Uint8Array, valueStart: number, lineEnd: number): boolean {
    const words = this.#words;
    const length = lineEnd - valueStart;
    const last = words[entry + layout.ENTRY_LAST_ITEM] as number;
    const count = words[last + layout.ITEM_COUNT] as number;
    if (words[last + layout.ITEM_CODE] === layout.CODE_EMPTY + length && count < layout.COUNT_MAX) {
      const known = layout.valueStartOf(last);
      if (sameBytes(this.#bytes, known, chunk, valueStart, length)) {
        words[last + layout.ITEM_COUNT] = count + 1;
        return true;
      }
    }
    const item = this.#top;
    if (item + layout.ITEM_WORDS + wordsFor(length) > this.#slotBase) return false;
    this.#makeItem(chunk, valueStart, length);
    words[last + layout.ITEM_NEXT] = item;
    words[entry + layout.ENTRY_LAST_ITEM] = item;
    return true;
  }

  #addEntry(
    chunk: Uint8Array,
    start: number,
    keyEnd: number,
    valueStart: number,
    lineEnd: number,
  ): boolean {
    if ((this.groups + 1) * 3 > this.#slots * 2 && !this.#doubleSlots()) return false;
    const words = this.#words;
    const { hash } = this.#finder;
    const entry = this.#top;
    const item = entry + layout.ENTRY_WORDS + wordsFor(keyEnd - start);
    const length = lineEnd - valueStart;
    if (item + layout.ITEM_WORDS + wordsFor(length) > this.#slotBase) return false;
    words[entry + layout.ENTRY_PREVIOUS] = this.#lastEntry;
    words[entry + layout.ENTRY_HASH] = hash;
    words[entry + layout.ENTRY_KEY_LENGTH] = keyEnd - start;
    words[entry + layout.ENTRY_FIRST_ITEM] = item;
    words[entry + layout.ENTRY_LAST_ITEM] = item;
    copyBytes(chunk, start, keyEnd, this.#bytes, layout.keyStartOf(entry));
    this.#lastEntry = entry;
    this.groups++;
    this.#link(entry, hash);
    this.#top = item;
    this.#makeItem(chunk, valueStart, length);
    return true;
  }

  /** Makes an item of a value, -1 bytes for none, at the top; the caller has checked that it fits. */
  #makeItem(chunk: Uint8Array, valueStart: number, length: number): void {
    const words = this.#words;
    const item = this.#top;
    words[item + layout.ITEM_NEXT] = 0;
    words[item + layout.ITEM_COUNT] = 1;
    words[item + layout.ITEM_CODE] = layout.CODE_EMPTY + length;
    copyBytes(chunk, valueStart, valueStart + length, this.#bytes, layout.valueStartOf(item));
    this.#top = item + layout.ITEM_WORDS + wordsFor(length);
  }

  #doubleSlots(): boolean {
    const slotBase = this.#limit - this.#slots * 2 * layout.SLOT_WORDS;
    if (slotBase < this.#top) return false;
    this.#slots *= 2;
    this.#slotBase = slotBase;
    const words = this.#words;
    words.fill(0, slotBase, this.#limit);
    for (let entry = this.#lastEntry; entry !== 0;) {
      this.#link(entry, words[entry + layout.ENTRY_HASH] as number);
      entry = words[entry + layout.ENTRY_PREVIOUS] as number;
    }
    return true;
  }

  #link(entry: number, hash: number): void {
    const words = this.#words;
    const mask = this.#slots - 1;
    let slot = hash & mask;
    while (words[this.#slotBase + slot * layout.SLOT_WORDS + 1] !== 0) slot = (slot + 1) & mask;
    words[this.#slotBase + slot * layout.SLOT_WORDS] = hash;
    words[this.#slotBase + slot * layout.SLOT_WORDS + 1] = entry;
  }
}

/** Where the line with its key end at `from` ends, or -1. Most are short: a loop finds the end first. */
function lineEndFrom(chunk: Uint8Array, from: number, end: number): number {
  const near = Math.min(end, from + SHORT_LINE_BYTES);
  for (let at = from; at < near; at++) if (chunk[at] === LINE_FEED) return at;
  return near === end ? -1 : chunk.indexOf(LINE_FEED, near);
}

/** Whether `length` bytes are the same; a negative length stands for no value and is the same too. */
function sameBytes(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  length: number,
): boolean {
  for (let at = 0; at < length; at++) if (a[aStart + at] !== b[bStart + at]) return false;
  return true;
}
