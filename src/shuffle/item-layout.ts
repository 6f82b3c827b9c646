/**
 * How values that are to be sorted lie in memory. Addresses are word indices (4 bytes each); 0 means
 * "none". An item is one value, or several equal values in a row: ITEM_WORDS words, then the value
 * bytes. Items are chained.
 */
export const ITEM_NEXT = 0;
export const ITEM_COUNT = 1;
export const COUNT_MAX = 0x7fffffff;
/** 1 for "no value", 2 + length for a value; the same code as in a run. */
export const ITEM_CODE = 2;
export const ITEM_WORDS = 3;

/** A value that is not there, as opposed to an empty one: its length counts as -1. */
export const CODE_BARE = 1;
/** Code of an empty value; one more for every byte. */
export const CODE_EMPTY = 2;

/** A memory as words and as bytes. */
export interface ItemMemory {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** Where the value bytes of an item begin. */
export function valueStartOf(item: number): number {
  return (item + ITEM_WORDS) * 4;
}

/** Words that `bytes` bytes take; none for -1, the length of a value that is not there. */
export function wordsFor(bytes: number): number {
  return (bytes + 3) >>> 2;
}
