import { KEY_BYTES_MAX } from './block-list.ts';
import type { KeyedBlock } from './block-list.ts';
import { compareBytes } from './compare-bytes.ts';

/** The keys from `from` on and below `to`, in byte order; undefined is without end. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array | undefined;
}

/**
 * One of the ranges that ascending cuts make of all keys. There may be fewer cuts than it takes for
 * so many ranges: those at the end are empty then.
 */
export function rangeBetween(cuts: readonly Uint8Array[], index: number): KeyRange {
  const lowest = new Uint8Array(0);
  if (index > cuts.length) return { from: lowest, to: lowest };
  return { from: cuts[index - 1] ?? lowest, to: cuts[index] };
}

/**
 * The blocks of a segment that may have keys of a range: neighbours, since keys ascend. Only those at
 * both ends may have others as well.
 */
export function blocksInRange(blocks: readonly KeyedBlock[], range: KeyRange): KeyedBlock[] {
  return blocks.filter(({ key }, place) => {
    const next = blocks[place + 1];
    if (next !== undefined && isAtOrBelow(next.key, range.from)) return false;
    return range.to === undefined || compare(key, range.to) < 0;
  });
}

/** Whether the first key of a block, of which only the beginning may be known, is surely <= `bound`. */
function isAtOrBelow(key: Uint8Array, bound: Uint8Array): boolean {
  if (key.length < KEY_BYTES_MAX) return compare(key, bound) <= 0;
  return compare(key, bound.subarray(0, KEY_BYTES_MAX)) < 0;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return compareBytes(a, 0, a.length, b, 0, b.length);
}
