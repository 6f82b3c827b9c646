import { areSame, compare, prefixAt } from './bytes';

/**
 * What gets sorted: byte strings, each with a number that says where it stands among those that
 * agree with it so far.
 */
@unmanaged
export class Sortable {
  /** 8 bytes of the string as a number that orders like them; see {@link sortBytes} for the end. */
  prefix: u64;
  start: usize;
  bytes: usize;
}

export const SORTABLE_BYTES: usize = offsetof<Sortable>();
const INSERTION_BYTES: usize = 12 * SORTABLE_BYTES;
/** So few that agree are compared as a whole. */
const FEW_BYTES: usize = 16 * SORTABLE_BYTES;

/**
 * Sorts the strings listed from `low` up to `high` by bytes, equal ones by where they start. Prefixes
 * must be those of the first 8 bytes. Afterwards a prefix is 1 for a string that is the same as the
 * one before it, else 0.
 *
 * Strings are sorted by 8 bytes at a time (a radix quicksort with wide digits): those that agree are
 * sorted by the next 8, so what they have in common is looked at once for each string.
 */
export function sortBytes(low: usize, high: usize): void {
  sortPrefixes(low, high);
  settle(low, high, 8);
}

/** Settles the order of neighbours with the same prefix, their first `depth` bytes being the same. */
function settle(low: usize, high: usize, depth: usize): void {
  let from = low;
  while (from < high) {
    const prefix = changetype<Sortable>(from).prefix;
    let to = from + SORTABLE_BYTES;
    while (to < high && changetype<Sortable>(to).prefix === prefix) to += SORTABLE_BYTES;
    if (to - from === SORTABLE_BYTES) changetype<Sortable>(from).prefix = 0;
    else if (to - from <= FEW_BYTES) sortFew(from, to, depth);
    else deepen(from, to, depth);
    from = to;
  }
}

/** Sorts strings that agree in `depth` bytes, filled up with zeros. */
function deepen(low: usize, high: usize, depth: usize): void {
  let from = low;
  let at = depth;
  while (true) {
    // Those that have ended come first, shorter ones first.
    const rest = moveEnded(from, high, at);
    settleEnded(from, rest);
    if (rest === high) return;
    const first = prefixOf(rest, at);
    let differs = false;
    for (let place = rest; place < high; place += SORTABLE_BYTES) {
      const prefix = prefixOf(place, at);
      changetype<Sortable>(place).prefix = prefix;
      differs = differs || prefix !== first;
    }
    at += 8;
    from = rest;
    if (!differs) continue;
    sortPrefixes(from, high);
    settle(from, high, at);
    return;
  }
}

function prefixOf(place: usize, depth: usize): u64 {
  const sortable = changetype<Sortable>(place);
  return prefixAt(sortable.start + depth, sortable.bytes - depth);
}

/** Moves strings of at most `depth` bytes to the front. Returns where the others begin. */
function moveEnded(low: usize, high: usize, depth: usize): usize {
  let to = low;
  for (let place = low; place < high; place += SORTABLE_BYTES) {
    if (changetype<Sortable>(place).bytes > depth) continue;
    swap(place, to);
    to += SORTABLE_BYTES;
  }
  return to;
}

/** Sorts strings of which each begins the next one, but for zeros, by length and start. */
function settleEnded(low: usize, high: usize): void {
  for (let place = low; place < high; place += SORTABLE_BYTES) {
    const sortable = changetype<Sortable>(place);
    sortable.prefix = (u64(sortable.bytes) << 32) | u64(sortable.start);
  }
  sortPrefixes(low, high);
  markRepeats(low, high, usize.MAX_VALUE);
}

/** Sorts by insertion, comparing what comes after `depth` bytes. */
function sortFew(low: usize, high: usize, depth: usize): void {
  for (let place = low + SORTABLE_BYTES; place < high; place += SORTABLE_BYTES) {
    const moved = v128.load(place);
    const start = changetype<Sortable>(place).start;
    const bytes = changetype<Sortable>(place).bytes;
    let hole = place;
    for (; hole > low; hole -= SORTABLE_BYTES) {
      const before = hole - SORTABLE_BYTES;
      if (compareFrom(before, start, bytes, depth) < 0) break;
      v128.store(hole, v128.load(before));
    }
    v128.store(hole, moved);
  }
  markRepeats(low, high, depth);
}

function compareFrom(place: usize, start: usize, bytes: usize, depth: usize): i32 {
  const sortable = changetype<Sortable>(place);
  const own = max(sortable.bytes, depth) - depth;
  const other = max(bytes, depth) - depth;
  const order = compare(sortable.start + depth, own, start + depth, other);
  if (order !== 0) return order;
  if (sortable.bytes !== bytes) return sortable.bytes < bytes ? -1 : 1;
  return sortable.start < start ? -1 : 1;
}

/** Marks what is the same as its neighbour before it; what comes before `depth` bytes is, if both have it. */
function markRepeats(low: usize, high: usize, depth: usize): void {
  for (let place = high - SORTABLE_BYTES; place > low; place -= SORTABLE_BYTES) {
    const own = changetype<Sortable>(place);
    const other = changetype<Sortable>(place - SORTABLE_BYTES);
    const isRepeat =
      own.bytes === other.bytes &&
      (own.bytes <= depth || areSame(own.start + depth, other.start + depth, own.bytes - depth));
    own.prefix = u64(isRepeat);
  }
  if (low < high) changetype<Sortable>(low).prefix = 0;
}

/** Quicksort by prefix. The longer part is left to the loop, so that the stack stays small. */
function sortPrefixes(low: usize, high: usize): void {
  let from = low;
  let to = high;
  while (to - from > INSERTION_BYTES) {
    const split = divide(from, to);
    if (split - from < to - split) {
      sortPrefixes(from, split);
      from = split;
    } else {
      sortPrefixes(split, to);
      to = split;
    }
  }
  for (let place = from + SORTABLE_BYTES; place < to; place += SORTABLE_BYTES) {
    const moved = v128.load(place);
    const prefix = load<u64>(place);
    let hole = place;
    for (; hole > from && load<u64>(hole - SORTABLE_BYTES) > prefix; hole -= SORTABLE_BYTES) {
      v128.store(hole, v128.load(hole - SORTABLE_BYTES));
    }
    v128.store(hole, moved);
  }
}

/** Hoare's partition around a middle value. Both parts have something in them. */
function divide(low: usize, high: usize): usize {
  const pivot = middleOfThree(low, high);
  let left = low - SORTABLE_BYTES;
  let right = high;
  while (true) {
    do left += SORTABLE_BYTES;
    while (load<u64>(left) < pivot);
    do right -= SORTABLE_BYTES;
    while (load<u64>(right) > pivot);
    if (left >= right) return right + SORTABLE_BYTES;
    swap(left, right);
  }
}

let random: u32 = 0x9e3779b9;

/** Of three at pseudo-random places, so that no usual order is a bad one; never the largest of all. */
function middleOfThree(low: usize, high: usize): u64 {
  const a = anyPrefix(low, high);
  const b = anyPrefix(low, high);
  const c = anyPrefix(low, high);
  return max(min(a, b), min(max(a, b), c));
}

function anyPrefix(low: usize, high: usize): u64 {
  random = random * 1_664_525 + 1_013_904_223;
  // The last place is left out: as a pivot it might leave one part empty.
  const places = u32((high - low) / SORTABLE_BYTES - 1);
  return load<u64>(low + <usize>((u64(random) * u64(places)) >> 32) * SORTABLE_BYTES);
}

/** Exchanges two places of a list. */
export function swap(a: usize, b: usize): void {
  const kept = v128.load(a);
  v128.store(a, v128.load(b));
  v128.store(b, kept);
}
