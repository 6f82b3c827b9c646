import type { BlockSource } from './block-source.ts';
import { copyBytes } from './copy-bytes.ts';
import type { GroupCursor } from './group-cursor.ts';
import { type GroupSize, LargestGroups } from './largest-groups.ts';
import { SourceHeap } from './source-heap.ts';

/**
 * Walks the groups of several sources as if they were one: keys ascending, each once, its values in
 * the order of the sources, or by bytes if every source has them so.
 *
 * The sources wait in a heap of keys. For values in byte order those with the current key move to a
 * heap of values meanwhile: a key may be long and have millions of values, and need not be compared
 * for each of them.
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
  readonly #largest = new LargestGroups();
  /** Records seen before the group at hand. */
  #recordsBefore = 0;
  readonly #byKey = new SourceHeap((a, b) => a.isBefore(b));
  readonly #byValue = new SourceHeap((a, b) => a.hasValueBefore(b));
  readonly #sortValues: boolean;
  /** The source whose value is shown, and which has to stay there until the next is asked for. */
  #shown: BlockSource | undefined;

  /** `sources` in the order in which values of the same key, or equal ones, are wanted. */
  constructor(sources: readonly BlockSource[], sortValues: boolean) {
    this.#sortValues = sortValues;
    for (const [order, source] of sources.entries()) {
      source.order = order;
      if (source.nextGroup()) this.#byKey.add(source);
    }
  }

  nextGroup(): boolean {
    const source = this.#byKey.first;
    if (source === undefined) return false;
    this.#noteGroup();
    if (source.keyLength > this.keyBytes.length) {
      this.keyBytes = new Uint8Array(source.key.length);
    }
    copyBytes(source.key, 0, source.keyLength, this.keyBytes, 0);
    this.keyEnd = source.keyLength;
    this.groups++;
    if (this.#sortValues) this.#gather();
    return true;
  }

  nextItem(): boolean {
    return this.#sortValues ? this.#nextByValue() : this.#nextBySource();
  }

  #nextBySource(): boolean {
    for (;;) {
      const source = this.#byKey.first;
      if (source === undefined) return false;
      if (source.nextItem()) {
        this.#show(source);
        return true;
      }
      if (source.nextGroup()) this.#byKey.moveFirst();
      else this.#byKey.removeFirst();
      if (this.#byKey.first?.hasKey(this.keyBytes, this.keyEnd) !== true) return false;
    }
  }

  /** Moves the sources with the current key to the heap of values, each to its first one. */
  #gather(): void {
    let source = this.#byKey.first;
    while (source?.hasKey(this.keyBytes, this.keyEnd) === true) {
      this.#byKey.removeFirst();
      if (source.nextItem()) this.#byValue.add(source);
      else this.#sendBack(source);
      source = this.#byKey.first;
    }
  }

  #nextByValue(): boolean {
    const shown = this.#shown;
    if (shown?.nextItem() === true) {
      this.#byValue.moveFirst();
    } else if (shown !== undefined) {
      this.#byValue.removeFirst();
      this.#sendBack(shown);
    }
    this.#shown = this.#byValue.first;
    if (this.#shown === undefined) return false;
    this.#show(this.#shown);
    return true;
  }

  /** Has a source that has no more values wait with its next key. */
  #sendBack(source: BlockSource): void {
    if (source.nextGroup()) this.#byKey.add(source);
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
}
