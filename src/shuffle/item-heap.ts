import { orderedPrefix, PREFIX_BYTES } from './compare-bytes.ts';
import type { ItemMemory } from './item-layout.ts';
import * as layout from './item-layout.ts';

/**
 * Chains of sorted items as a binary heap: the item that comes first of all is at hand. The values'
 * first 8 bytes are kept beside the heap, so that most comparisons need not go to the table.
 */
export class ItemHeap {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #items: Int32Array;
  readonly #highs: Int32Array;
  readonly #lows: Int32Array;
  #size = 0;

  /** For up to `width` chains. */
  constructor(memory: ItemMemory, width: number) {
    this.#words = memory.words;
    this.#bytes = memory.bytes;
    this.#items = new Int32Array(width);
    this.#highs = new Int32Array(width);
    this.#lows = new Int32Array(width);
  }

  /** The first item, 0 when there is none. */
  get first(): number {
    return this.#size === 0 ? 0 : (this.#items[0] as number);
  }

  /** Adds the chain that begins with `item`. */
  add(item: number): void {
    let place = this.#size++;
    this.#load(place, item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(place, parent)) break;
      this.#swap(place, parent);
      place = parent;
    }
  }

  /** Goes on to what follows the first item in its chain. */
  advance(): void {
    const next = this.#words[this.first + layout.ITEM_NEXT] as number;
    if (next !== 0) {
      this.#load(0, next);
    } else {
      this.#size--;
      this.#swap(0, this.#size);
    }
    this.#sink();
  }

  #load(place: number, item: number): void {
    const start = layout.valueStartOf(item);
    const end = start + Math.max(0, this.#lengthOf(item));
    this.#items[place] = item;
    this.#highs[place] = orderedPrefix(this.#bytes, start, end);
    this.#lows[place] = orderedPrefix(this.#bytes, start + 4, end);
  }

  #sink(): void {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) return;
      if (child + 1 < this.#size && this.#isBefore(child + 1, child)) child++;
      if (!this.#isBefore(child, place)) return;
      this.#swap(place, child);
      place = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const aHigh = this.#highs[a] as number;
    const bHigh = this.#highs[b] as number;
    if (aHigh !== bHigh) return aHigh < bHigh;
    const aLow = this.#lows[a] as number;
    const bLow = this.#lows[b] as number;
    if (aLow !== bLow) return aLow < bLow;
    return this.#compareTails(this.#items[a] as number, this.#items[b] as number) < 0;
  }

  /** Order of two values whose first 8 bytes, zeros added, are the same; none has length -1. */
  #compareTails(a: number, b: number): number {
    const bytes = this.#bytes;
    const aLength = this.#lengthOf(a);
    const bLength = this.#lengthOf(b);
    const aStart = layout.valueStartOf(a);
    const bStart = layout.valueStartOf(b);
    const common = Math.min(aLength, bLength);
    for (let at = PREFIX_BYTES; at < common; at++) {
      const difference = (bytes[aStart + at] as number) - (bytes[bStart + at] as number);
      if (difference !== 0) return difference;
    }
    return aLength - bLength;
  }

  #lengthOf(item: number): number {
    return (this.#words[item + layout.ITEM_CODE] as number) - layout.CODE_EMPTY;
  }

  #swap(a: number, b: number): void {
    swap(this.#items, a, b);
    swap(this.#highs, a, b);
    swap(this.#lows, a, b);
  }
}

function swap(numbers: Int32Array, a: number, b: number): void {
  const kept = numbers[a] as number;
  numbers[a] = numbers[b] as number;
  numbers[b] = kept;
}
