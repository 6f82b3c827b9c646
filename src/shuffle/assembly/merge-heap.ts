import { compare } from './bytes';
import { Source } from './merge-source';

/** Prefix of a source's text and its address. */
const ENTRY_BYTES: usize = 16;
const SOURCE_AT: usize = 8;
/** How much of a text its prefix covers. */
const PREFIX_BYTES: usize = 8;

/**
 * Sources by their texts, so that the one that comes before all others is at hand; those with equal
 * texts by rank, then by place in memory. Prefixes lie beside each other here.
 */
@unmanaged
export class Heap {
  count: usize;
  entries: usize;
}

/** Bytes that the entries of a heap of so many sources take. */
export function heapBytes(sources: u32): usize {
  return usize(sources) * ENTRY_BYTES;
}

/** Of a heap that is not empty. */
export function firstOf(heap: Heap): Source {
  return sourceAt(heap.entries);
}

export function addTo(heap: Heap, source: Source): void {
  const place = heap.count++;
  raise(heap.entries, place, source.prefix, source);
}

export function removeFirst(heap: Heap): void {
  const last = --heap.count;
  if (last === 0) return;
  const entries = heap.entries;
  const source = sourceAt(entries + last * ENTRY_BYTES);
  sink(entries, last, source.prefix, source);
}

/** Brings the first to its place after it has moved on. */
export function settleFirst(heap: Heap): void {
  const count = heap.count;
  if (count === 1) return;
  const entries = heap.entries;
  const source = sourceAt(entries);
  const prefix = source.prefix;
  // The same source often goes on.
  if (comesBefore(prefix, source, entries + ENTRY_BYTES)) {
    if (count === 2 || comesBefore(prefix, source, entries + 2 * ENTRY_BYTES)) {
      store<u64>(entries, prefix);
      return;
    }
  }
  sink(entries, count, prefix, source);
}

/** Whether the one that would be first without the first has the same text. */
export function firstTwoAreSame(heap: Heap): bool {
  const entries = heap.entries;
  const count = heap.count;
  return (
    (count > 1 && haveSameText(entries, entries + ENTRY_BYTES)) ||
    (count > 2 && haveSameText(entries, entries + 2 * ENTRY_BYTES))
  );
}

/** Fills the hole at the root from below, down to a leaf, and raises the source from there. */
function sink(entries: usize, count: usize, prefix: u64, source: Source): void {
  let hole: usize = 0;
  let child: usize = 1;
  while (child < count) {
    let at = entries + child * ENTRY_BYTES;
    if (child + 1 < count && isBefore(at + ENTRY_BYTES, at)) {
      child++;
      at += ENTRY_BYTES;
    }
    v128.store(entries + hole * ENTRY_BYTES, v128.load(at));
    hole = child;
    child = 2 * hole + 1;
  }
  raise(entries, hole, prefix, source);
}

function raise(entries: usize, from: usize, prefix: u64, source: Source): void {
  let place = from;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const at = entries + parent * ENTRY_BYTES;
    if (comesBefore(prefix, source, at) === false) break;
    v128.store(entries + place * ENTRY_BYTES, v128.load(at));
    place = parent;
  }
  const at = entries + place * ENTRY_BYTES;
  store<u64>(at, prefix);
  store<usize>(at + SOURCE_AT, changetype<usize>(source));
}

function isBefore(entry: usize, other: usize): bool {
  const left = load<u64>(entry);
  const right = load<u64>(other);
  return left === right ? isTieBefore(sourceAt(entry), sourceAt(other)) : left < right;
}

function comesBefore(prefix: u64, source: Source, other: usize): bool {
  const right = load<u64>(other);
  return prefix === right ? isTieBefore(source, sourceAt(other)) : prefix < right;
}

/** Order of texts whose prefixes are the same. */
function isTieBefore(source: Source, other: Source): bool {
  const order = compareRest(source, other);
  if (order !== 0) return order < 0;
  if (source.rank !== other.rank) return source.rank < other.rank;
  return changetype<usize>(source) < changetype<usize>(other);
}

function compareRest(source: Source, other: Source): i32 {
  const left = source.textBytes;
  const right = other.textBytes;
  // What a prefix covers whole begins the other one.
  if (left <= PREFIX_BYTES || right <= PREFIX_BYTES) {
    return left === right ? 0 : left < right ? -1 : 1;
  }
  return compare(
    source.text + PREFIX_BYTES,
    left - PREFIX_BYTES,
    other.text + PREFIX_BYTES,
    right - PREFIX_BYTES,
  );
}

function haveSameText(entry: usize, other: usize): bool {
  if (load<u64>(entry) !== load<u64>(other)) return false;
  return compareRest(sourceAt(entry), sourceAt(other)) === 0;
}

function sourceAt(entry: usize): Source {
  return changetype<Source>(load<usize>(entry + SOURCE_AT));
}
