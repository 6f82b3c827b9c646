import { orderedPrefix, PREFIX_BYTES } from './compare-bytes.ts';
import { partitionOfHash } from './hash.ts';
import {
  ENTRY_HASH,
  ENTRY_KEY_LENGTH,
  ENTRY_PREVIOUS,
  keyStartOf,
  SORT_ENTRY,
  SORT_HIGH,
  SORT_LOW,
  SORT_WORDS,
} from './table-layout.ts';

/** A table's memory as words and as bytes. */
export interface TableMemory {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

export interface EntriesToSort {
  /** Word from which SORT_WORDS words for each entry may be overwritten. */
  readonly base: number;
  /** The end of the chain of entries, 0 for none. */
  readonly lastEntry: number;
  readonly partitions: number;
}

/**
 * Orders the entries of a table by partition, then by key bytes, into a list at `base`.
 *
 * @returns for each partition the place of its first entry in the list, then the length of the list
 */
export function sortEntries(memory: TableMemory, entries: EntriesToSort): Int32Array {
  const starts = placeByPartition(memory, entries);
  const sorter = new PrefixSorter(memory, entries.base);
  for (let partition = 0; partition < entries.partitions; partition++) {
    sorter.sort(starts[partition] as number, (starts[partition + 1] as number) - 1);
  }
  return starts;
}

/** Counts the entries of each partition, then puts each with its prefixes where its partition lies. */
function placeByPartition(memory: TableMemory, entries: EntriesToSort): Int32Array {
  const { words, bytes } = memory;
  const { base, lastEntry, partitions } = entries;
  const starts = new Int32Array(partitions + 1);
  for (let entry = lastEntry; entry !== 0; entry = words[entry + ENTRY_PREVIOUS] as number) {
    const partition = partitionOfHash(words[entry + ENTRY_HASH] as number, partitions);
    starts[partition + 1] = (starts[partition + 1] as number) + 1;
  }
  for (let partition = 0; partition < partitions; partition++) {
    starts[partition + 1] = (starts[partition + 1] as number) + (starts[partition] as number);
  }
  const free = starts.slice();
  for (let entry = lastEntry; entry !== 0; entry = words[entry + ENTRY_PREVIOUS] as number) {
    const partition = partitionOfHash(words[entry + ENTRY_HASH] as number, partitions);
    const place = free[partition] as number;
    free[partition] = place + 1;
    const at = base + place * SORT_WORDS;
    const key = keyStartOf(entry);
    const keyEnd = key + (words[entry + ENTRY_KEY_LENGTH] as number);
    words[at + SORT_HIGH] = orderedPrefix(bytes, key, keyEnd);
    words[at + SORT_LOW] = orderedPrefix(bytes, key + 4, keyEnd);
    words[at + SORT_ENTRY] = entry;
  }
  return starts;
}

const INSERTION_LENGTH = 12;

/**
 * Quicksort on the cached prefixes; only keys that agree in their first 8 bytes are looked up. Keys
 * are distinct, and the pivot is taken at pseudo-random places, so no usual order is a bad one.
 */
class PrefixSorter {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #random = 0x9e3779b9 | 0;
  #high = 0;
  #low = 0;
  #entry = 0;

  constructor(memory: TableMemory, base: number) {
    this.#words = memory.words;
    this.#bytes = memory.bytes;
    this.#base = base;
  }

  /** Sorts the places `first` to `last`, both included. The longer part is left to the loop. */
  sort(first: number, last: number): void {
    let from = first;
    let to = last;
    while (to - from >= INSERTION_LENGTH) {
      this.#pickPivot(from, to);
      const split = this.#divide(from, to);
      if (split - from < to - split) {
        this.sort(from, split);
        from = split + 1;
      } else {
        this.sort(split + 1, to);
        to = split;
      }
    }
    this.#insertionSort(from, to);
  }

  /** Hoare's partition around the pivot taken before; the pivot must not be the last place. */
  #divide(from: number, to: number): number {
    let left = from - 1;
    let right = to + 1;
    for (;;) {
      do left++;
      while (this.#compareToPivot(left) < 0);
      do right--;
      while (this.#compareToPivot(right) > 0);
      if (left >= right) return right;
      this.#swap(left, right);
    }
  }

  #pickPivot(from: number, to: number): void {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) | 0;
    const place = from + ((this.#random >>> 8) % (to - from));
    this.#loadPivot(place);
  }

  #loadPivot(place: number): void {
    const at = this.#base + place * SORT_WORDS;
    this.#high = this.#words[at + SORT_HIGH] as number;
    this.#low = this.#words[at + SORT_LOW] as number;
    this.#entry = this.#words[at + SORT_ENTRY] as number;
  }

  #insertionSort(from: number, to: number): void {
    const words = this.#words;
    for (let place = from + 1; place <= to; place++) {
      this.#loadPivot(place);
      let hole = place;
      while (hole > from && this.#compareToPivot(hole - 1) > 0) {
        const at = this.#base + hole * SORT_WORDS;
        words.copyWithin(at, at - SORT_WORDS, at);
        hole--;
      }
      const at = this.#base + hole * SORT_WORDS;
      words[at + SORT_HIGH] = this.#high;
      words[at + SORT_LOW] = this.#low;
      words[at + SORT_ENTRY] = this.#entry;
    }
  }

  #compareToPivot(place: number): number {
    const words = this.#words;
    const at = this.#base + place * SORT_WORDS;
    const high = words[at + SORT_HIGH] as number;
    if (high !== this.#high) return high < this.#high ? -1 : 1;
    const low = words[at + SORT_LOW] as number;
    if (low !== this.#low) return low < this.#low ? -1 : 1;
    return this.#compareTails(words[at + SORT_ENTRY] as number, this.#entry);
  }

  /** Order of two keys whose first 8 bytes, zeros added, are the same. */
  #compareTails(a: number, b: number): number {
    const aLength = this.#words[a + ENTRY_KEY_LENGTH] as number;
    const bLength = this.#words[b + ENTRY_KEY_LENGTH] as number;
    const aKey = keyStartOf(a);
    const bKey = keyStartOf(b);
    const common = Math.min(aLength, bLength);
    for (let at = PREFIX_BYTES; at < common; at++) {
      const difference = (this.#bytes[aKey + at] as number) - (this.#bytes[bKey + at] as number);
      if (difference !== 0) return difference;
    }
    return aLength - bLength;
  }

  #swap(left: number, right: number): void {
    const words = this.#words;
    const a = this.#base + left * SORT_WORDS;
    const b = this.#base + right * SORT_WORDS;
    for (let word = 0; word < SORT_WORDS; word++) {
      const kept = words[a + word] as number;
      words[a + word] = words[b + word] as number;
      words[b + word] = kept;
    }
  }
}
