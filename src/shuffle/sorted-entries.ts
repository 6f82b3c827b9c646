import type { TableMemory } from './entry-sort.ts';
import type { GroupCursor } from './group-cursor.ts';
import * as layout from './table-layout.ts';

/** The sorted keys of a group table, by partition. Valid until the table is cleared. */
export class SortedEntries {
  readonly #memory: TableMemory;
  readonly #base: number;
  readonly #starts: Int32Array;

  /** `starts` as {@link sortEntries} returns them, for a list at word `base`. */
  constructor(memory: TableMemory, base: number, starts: Int32Array) {
    this.#memory = memory;
    this.#base = base;
    this.#starts = starts;
  }

  /** How many keys a partition has. */
  groupsOf(partition: number): number {
    return (this.#starts[partition + 1] as number) - (this.#starts[partition] as number);
  }

  /** A new walk over the groups of a partition. */
  walk(partition: number): GroupCursor {
    const from = this.#base + (this.#starts[partition] as number) * layout.SORT_WORDS;
    const to = from + this.groupsOf(partition) * layout.SORT_WORDS;
    return new EntryCursor(this.#memory, from, to);
  }
}

class EntryCursor implements GroupCursor {
  readonly keyBytes: Uint8Array;
  keyStart = 0;
  keyEnd = 0;
  readonly valueBytes: Uint8Array;
  valueStart = 0;
  valueEnd = 0;
  isBare = false;
  times = 0;
  readonly #words: Int32Array;
  readonly #to: number;
  #next: number;
  #item = 0;

  constructor(memory: TableMemory, from: number, to: number) {
    this.#words = memory.words;
    this.keyBytes = memory.bytes;
    this.valueBytes = memory.bytes;
    this.#next = from;
    this.#to = to;
  }

  nextGroup(): boolean {
    if (this.#next >= this.#to) return false;
    const entry = this.#words[this.#next + layout.SORT_ENTRY] as number;
    this.#next += layout.SORT_WORDS;
    this.keyStart = layout.keyStartOf(entry);
    this.keyEnd = this.keyStart + (this.#words[entry + layout.ENTRY_KEY_LENGTH] as number);
    this.#item = this.#words[entry + layout.ENTRY_FIRST_ITEM] as number;
    return true;
  }

  nextItem(): boolean {
    const item = this.#item;
    if (item === 0) return false;
    const code = this.#words[item + layout.ITEM_CODE] as number;
    this.isBare = code === layout.CODE_BARE;
    this.valueStart = layout.valueStartOf(item);
    this.valueEnd = this.valueStart + Math.max(0, code - layout.CODE_EMPTY);
    this.times = this.#words[item + layout.ITEM_COUNT] as number;
    this.#item = this.#words[item + layout.ITEM_NEXT] as number;
    return true;
  }
}
