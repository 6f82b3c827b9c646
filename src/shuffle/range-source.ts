import { BlockSource } from './block-source.ts';
import { compareBytes, orderedPrefix, PREFIX_BYTES } from './compare-bytes.ts';
import type { KeyRange } from './key-range.ts';
import type { RunFile } from './run-file.ts';
import type { RunBlock } from './run-format.ts';

/** A key that others are compared with, and its first 8 bytes as {@link BlockSource} has them. */
interface Bound {
  readonly key: Uint8Array;
  readonly high: number;
  readonly low: number;
}

/**
 * Reads the groups of a range of keys from neighbouring blocks of one segment. At both ends there may
 * be groups outside the range; they are skipped, and the last block is still read to its end before
 * this source ends, so that what it gave has been checked.
 */
export class RangeSource extends BlockSource {
  readonly #from: Bound;
  readonly #to: Bound | undefined;
  #hasBegun = false;

  constructor(file: RunFile, blocks: readonly RunBlock[], window: Uint8Array, range: KeyRange) {
    super(file, blocks, window);
    this.#from = boundOf(range.from);
    this.#to = range.to === undefined ? undefined : boundOf(range.to);
  }

  override nextGroup(): boolean {
    while (super.nextGroup()) {
      if (this.#to !== undefined && !this.#isBelow(this.#to)) {
        this.verifyRest();
        return false;
      }
      if (this.#hasBegun || !this.#isBelow(this.#from)) {
        this.#hasBegun = true;
        return true;
      }
      while (this.nextItem());
    }
    return false;
  }

  #isBelow(bound: Bound): boolean {
    if (this.high !== bound.high) return this.high < bound.high;
    if (this.low !== bound.low) return this.low < bound.low;
    const { key } = bound;
    const from = Math.min(PREFIX_BYTES, this.keyLength, key.length);
    return compareBytes(this.key, from, this.keyLength, key, from, key.length) < 0;
  }
}

function boundOf(key: Uint8Array): Bound {
  const high = orderedPrefix(key, 0, key.length);
  return { key, high, low: orderedPrefix(key, 4, key.length) };
}
