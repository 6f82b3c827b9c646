import { compareBytes } from './compare-bytes.ts';
import type { ItemMemory } from './item-layout.ts';
import { ItemHeap } from './item-heap.ts';
import * as layout from './item-layout.ts';

/** How many sorted runs are merged at once: few passes over memory that no cache holds. */
const WIDTH = 256;
/** Enough for more items than an arena can hold. */
const LEVELS = 4;

/**
 * Orders chained items by value: no value at all first, then by bytes. Equal values become one item.
 *
 * A merge sort from the bottom up that only changes links and counts: n log n for any order, with no
 * recursion and a fixed small memory, so that one key may fill the whole table. What is in order
 * already is one run from the start.
 */
export class ItemSorter {
  readonly #memory: ItemMemory;
  readonly #heap: ItemHeap;
  /** For each level the runs that wait there; one at level n was merged from WIDTH of n - 1. */
  readonly #runs = new Int32Array(LEVELS * WIDTH);
  readonly #counts = new Int32Array(LEVELS);

  constructor(memory: ItemMemory) {
    this.#memory = memory;
    this.#heap = new ItemHeap(memory, WIDTH);
  }

  /** Sorts the chain that begins with `first`, and returns where it begins then. */
  sortChain(first: number): number {
    let rest = this.#cutRun(first);
    if (rest === 0) return first;
    this.#addRun(first);
    while (rest !== 0) {
      const run = rest;
      rest = this.#cutRun(run);
      this.#addRun(run);
    }
    let sorted = 0;
    for (let level = 0; level < LEVELS; level++) sorted = this.#mergeLevel(level, sorted);
    return sorted;
  }

  /** Ends the chain where its order breaks, and returns what comes after. */
  #cutRun(first: number): number {
    const { words } = this.#memory;
    let last = first;
    let next = words[last + layout.ITEM_NEXT] as number;
    while (next !== 0 && this.#compare(last, next) < 0) {
      last = next;
      next = words[last + layout.ITEM_NEXT] as number;
    }
    words[last + layout.ITEM_NEXT] = 0;
    return next;
  }

  #addRun(first: number): void {
    let run = first;
    let level = 0;
    for (; this.#counts[level] === WIDTH - 1; level++) run = this.#mergeLevel(level, run);
    const count = this.#counts[level] as number;
    this.#runs[level * WIDTH + count] = run;
    this.#counts[level] = count + 1;
  }

  /** Makes one run of those that wait at a level and one more, 0 for none. */
  #mergeLevel(level: number, another: number): number {
    const count = this.#counts[level] as number;
    this.#counts[level] = 0;
    if (count === 0) return another;
    for (let place = 0; place < count; place++) {
      this.#heap.add(this.#runs[level * WIDTH + place] as number);
    }
    if (another !== 0) this.#heap.add(another);
    return this.#emptyHeap();
  }

  #emptyHeap(): number {
    const { words } = this.#memory;
    const heap = this.#heap;
    const first = heap.first;
    heap.advance();
    let last = first;
    for (let item = heap.first; item !== 0; item = heap.first) {
      heap.advance();
      if (this.#compare(last, item) === 0 && this.#join(last, item)) continue;
      words[last + layout.ITEM_NEXT] = item;
      last = item;
    }
    words[last + layout.ITEM_NEXT] = 0;
    return first;
  }

  /** Counts what `b` stands for with `a`, unless that is more than a count can say. */
  #join(a: number, b: number): boolean {
    const { words } = this.#memory;
    const count =
      (words[a + layout.ITEM_COUNT] as number) + (words[b + layout.ITEM_COUNT] as number);
    if (count > layout.COUNT_MAX) return false;
    words[a + layout.ITEM_COUNT] = count;
    return true;
  }

  /** No value has length -1, one less than an empty one, and so comes before it. */
  #compare(a: number, b: number): number {
    const { words, bytes } = this.#memory;
    const aStart = layout.valueStartOf(a);
    const bStart = layout.valueStartOf(b);
    const aEnd = aStart + (words[a + layout.ITEM_CODE] as number) - layout.CODE_EMPTY;
    const bEnd = bStart + (words[b + layout.ITEM_CODE] as number) - layout.CODE_EMPTY;
    return compareBytes(bytes, aStart, aEnd, bytes, bStart, bEnd);
  }
}
