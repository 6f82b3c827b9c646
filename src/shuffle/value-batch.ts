import { copyBytes } from './copy-bytes.ts';
import type { ItemMemory } from './item-layout.ts';
import type { ValueSink } from './group-cursor.ts';
import { ItemSorter } from './item-sort.ts';
import * as layout from './item-layout.ts';
import { wordsFor } from './item-layout.ts';

/** Where a batch lies: words `from` up to, not including, `to`; `from` is not 0. */
export interface BatchMemory extends ItemMemory {
  readonly from: number;
  readonly to: number;
}

/** Values of one key, collected in a given memory as items of item-layout.ts, given back sorted. */
export class ValueBatch {
  readonly #memory: BatchMemory;
  readonly #sorter: ItemSorter;
  #top: number;
  #last = 0;

  constructor(memory: BatchMemory) {
    this.#memory = memory;
    this.#sorter = new ItemSorter(memory);
    this.#top = memory.from;
  }

  get isEmpty(): boolean {
    return this.#last === 0;
  }

  /** Takes a value; no value at all is one of -1 bytes. False when there is no room for it. */
  add(bytes: Uint8Array, start: number, length: number, times: number): boolean {
    const { words, to } = this.#memory;
    const item = this.#top;
    const top = item + layout.ITEM_WORDS + wordsFor(length);
    if (top > to) return false;
    words[item + layout.ITEM_NEXT] = 0;
    words[item + layout.ITEM_COUNT] = times;
    words[item + layout.ITEM_CODE] = layout.CODE_EMPTY + length;
    copyBytes(bytes, start, start + length, this.#memory.bytes, layout.valueStartOf(item));
    if (this.#last !== 0) words[this.#last + layout.ITEM_NEXT] = item;
    this.#last = item;
    this.#top = top;
    return true;
  }

  /** Gives the values in byte order, equal ones at once, and is empty then. */
  giveTo(sink: ValueSink): void {
    const { words, bytes, from } = this.#memory;
    let item = this.isEmpty ? 0 : this.#sorter.sortChain(from);
    while (item !== 0) {
      const times = words[item + layout.ITEM_COUNT] as number;
      const length = (words[item + layout.ITEM_CODE] as number) - layout.CODE_EMPTY;
      const start = layout.valueStartOf(item);
      if (length < 0) sink.bare(times);
      else sink.value(bytes, start, start + length, times);
      item = words[item + layout.ITEM_NEXT] as number;
    }
    this.#top = from;
    this.#last = 0;
  }
}
