import type { KeyedBlock } from './block-list.ts';

/** A key, and how many marks of the sample stand for it. */
export interface SampledKey {
  readonly key: Uint8Array;
  readonly weight: number;
}

/** How many marks a sample has at most: enough for a thousand ranges, little enough to be sorted. */
const MARKS_MAX = 20_000;

/** Bytes between the marks of a sample of so many bytes. */
export function markDistance(totalBytes: number): number {
  return Math.max(1, totalBytes / MARKS_MAX);
}

/**
 * Samples the keys of one run by what they weigh: with all runs laid end to end, every key at a mark
 * is taken, marks being the multiples of `distanceBytes`. A mark in the first half of a block stands
 * for the first key of the block, one in the second half for that of the next.
 */
export class RunSample {
  readonly keys: SampledKey[] = [];
  readonly #distanceBytes: number;
  #at: number;

  /** `startBytes`: what all runs before this one have. */
  constructor(startBytes: number, distanceBytes: number) {
    this.#at = startBytes;
    this.#distanceBytes = distanceBytes;
  }

  /** Takes the blocks of one segment. Keys are copied. */
  add(blocks: readonly KeyedBlock[]): void {
    for (const [place, { key, length, groups }] of blocks.entries()) {
      // Of a key that has a block for itself all bytes are at that key.
      const next = groups > 1 ? blocks[place + 1]?.key : undefined;
      const middle = this.#at + length / 2;
      this.#take(key, this.#marksUntil(middle));
      this.#take(next ?? key, this.#marksUntil(middle + length / 2));
    }
  }

  #marksUntil(bytes: number): number {
    const distance = this.#distanceBytes;
    const marks = Math.floor(bytes / distance) - Math.floor(this.#at / distance);
    this.#at = bytes;
    return marks;
  }

  #take(key: Uint8Array, weight: number): void {
    if (weight > 0) this.keys.push({ key: new Uint8Array(key), weight });
  }
}

/**
 * Cuts keys into at most `ranges` ranges of about the same weight.
 *
 * @returns the first key of every range but the first, strictly ascending; fewer when there are fewer
 * keys
 */
export function cutKeys(sample: readonly SampledKey[], ranges: number): Uint8Array[] {
  const { keys, below, total } = weighed(sample);
  const cuts: Uint8Array[] = [];
  let first = 0;
  for (let left = ranges; left > 1 && first + 1 < keys.length; left--) {
    const start = below[first] ?? 0;
    // What is left is shared anew each time: a key heavier than a range takes nothing from the others.
    const wanted = start + (total - start) / left;
    first = nearest(below, wanted, first + 1);
    cuts.push(keys[first] ?? new Uint8Array(0));
  }
  return cuts;
}

/** The keys of a sample in order, each once, with the weight of all that are smaller. */
function weighed(sample: readonly SampledKey[]): {
  readonly keys: readonly Uint8Array[];
  readonly below: readonly number[];
  readonly total: number;
} {
  const keys: Uint8Array[] = [];
  const below: number[] = [];
  let total = 0;
  for (const { key, weight } of sample.toSorted((a, b) => Buffer.compare(a.key, b.key))) {
    const last = keys.at(-1);
    if (last === undefined || Buffer.compare(last, key) !== 0) {
      keys.push(key);
      below.push(total);
    }
    total += weight;
  }
  return { keys, below, total };
}

/** The place, from `from` on, of the number nearest to `wanted` in an ascending list. */
function nearest(numbers: readonly number[], wanted: number, from: number): number {
  let place = from;
  for (; place + 1 < numbers.length; place++) {
    const here = Math.abs((numbers[place] ?? 0) - wanted);
    const there = Math.abs((numbers[place + 1] ?? 0) - wanted);
    if (there >= here) break;
  }
  return place;
}
