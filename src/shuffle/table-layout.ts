/**
 * How the group table lies in its arena. Addresses are word indices (4 bytes each), so that the whole
 * 3 GiB are reached with small integers; 0 means "none".
 *
 *     word 0      unused, so that 0 is no address
 *     from 1      entries and items, in the order they were made, growing upwards
 *     ...         free
 *     slot base   hash slots, two words each (hash, entry), up to the end of the budget
 *
 * An entry is one distinct key: ENTRY_WORDS words, then the key bytes. An item is one value, or
 * several equal values in a row: ITEM_WORDS words, then the value bytes. Slots double downwards and
 * are filled again by walking the chain of entries. They are at most two thirds full; so when the
 * keys get sorted, SORT_WORDS words for each fit where the slots were, and sorting needs no memory
 * of its own.
 */
export const ENTRY_PREVIOUS = 0;
export const ENTRY_HASH = 1;
export const ENTRY_KEY_LENGTH = 2;
export const ENTRY_FIRST_ITEM = 3;
export const ENTRY_LAST_ITEM = 4;
export const ENTRY_WORDS = 5;

export const ITEM_NEXT = 0;
export const ITEM_COUNT = 1;
export const COUNT_MAX = 0x7fffffff;
/** 1 for "no value", 2 + length for a value; the same code as in a run. */
export const ITEM_CODE = 2;
export const ITEM_WORDS = 3;

export const SLOT_WORDS = 2;

/** What gets sorted for each key: two prefixes and the entry. */
export const SORT_HIGH = 0;
export const SORT_LOW = 1;
export const SORT_ENTRY = 2;
export const SORT_WORDS = 3;

/** A value that is not there, as opposed to an empty one: its length counts as -1. */
export const CODE_BARE = 1;
/** Code of an empty value; one more for every byte. */
export const CODE_EMPTY = 2;

/** Where the key bytes of an entry begin. */
export function keyStartOf(entry: number): number {
  return (entry + ENTRY_WORDS) * 4;
}

/** Where the value bytes of an item begin. */
export function valueStartOf(item: number): number {
  return (item + ITEM_WORDS) * 4;
}

/** Words that `bytes` bytes take; none for -1, the length of a value that is not there. */
export function wordsFor(bytes: number): number {
  return (bytes + 3) >>> 2;
}
