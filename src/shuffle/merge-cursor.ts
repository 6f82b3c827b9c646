import type { BlockSource } from './block-source.ts';
import { copyBytes } from './copy-bytes.ts';
import type { GroupCursor } from './group-cursor.ts';
import { type GroupSize, LargestGroups } from './largest-groups.ts';

/**
 * Walks the groups of several sources as if they were one: keys ascending, each once, its values in
 * the order of the sources. A binary heap over the cached key prefixes of the sources.
 */
export class MergeCursor implements GroupCursor {
  /** A copy of the current key: the source moves on to its next key while the group still lasts. */
  keyBytes = new Uint8Array(256);
  readonly keyStart = 0;
  keyEnd = 0;
  valueBytes: Uint8Array = this.keyBytes;
  valueStart = 0;
  valueEnd = 0;
  isBare = false;
  times = 0;
  /** Distinct keys and records seen so far. */
  groups = 0;
  records = 0;
  readonly #heap: BlockSource[] = [];
  readonly #largest = new LargestGroups();
  /** Records seen before the group at hand. */
  #recordsBefore = 0;

  /** `sources` in the order in which values of the same key are wanted. */
  constructor(sources: readonly BlockSource[]) {
    for (const [order, source] of sources.entries()) {
      source.order = order;
      if (source.nextGroup()) this.#heap.push(source);
    }
    for (let place = this.#heap.length >> 1; place >= 0; place--) this.#sink(place);
  }

  nextGroup(): boolean {
    const source = this.#heap[0];
    if (source === undefined) return false;
    this.#noteGroup();
    if (source.keyLength > this.keyBytes.length) {
      this.keyBytes = new Uint8Array(source.key.length);
    }
    copyBytes(source.key, 0, source.keyLength, this.keyBytes, 0);
    this.keyEnd = source.keyLength;
    this.groups++;
    return true;
  }

  nextItem(): boolean {
    for (;;) {
      const source = this.#heap[0];
      if (source === undefined) return false;
      if (source.nextItem()) {
        this.#show(source);
        return true;
      }
      this.#advance(source);
      if (this.#heap[0]?.hasKey(this.keyBytes, this.keyEnd) !== true) return false;
    }
  }

  /** Those read so far with most records. */
  largestGroups(): readonly GroupSize[] {
    this.#noteGroup();
    return this.#largest.sizes();
  }

  /** The group at hand is over. */
  #noteGroup(): void {
    this.#largest.note(this.keyBytes, this.keyEnd, this.records - this.#recordsBefore);
    this.#recordsBefore = this.records;
  }

  #show(source: BlockSource): void {
    this.valueBytes = source.window;
    this.valueStart = source.valueStart;
    this.valueEnd = source.valueEnd;
    this.isBare = source.isBare;
    this.times = source.times;
    this.records += source.times;
  }

  /** Moves the source at the top to its next key and to its place. */
  #advance(source: BlockSource): void {
    if (!source.nextGroup()) {
      const last = this.#heap.pop();
      if (last === undefined || last === source) return;
      this.#heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const source = heap[from];
    if (source === undefined) return;
    let place = from;
    for (;;) {
      const child = this.#firstChild(place);
      const other = heap[child];
      if (other === undefined || source.isBefore(other)) break;
      heap[place] = other;
      place = child;
    }
    heap[place] = source;
  }

  #firstChild(place: number): number {
    const child = 2 * place + 1;
    const left = this.#heap[child];
    const right = this.#heap[child + 1];
    return left !== undefined && right !== undefined && right.isBefore(left) ? child + 1 : child;
  }
}
