import { prefixAt } from './bytes';
import {
  addTo,
  firstOf,
  firstTwoAreSame,
  Heap,
  heapBytes,
  removeFirst,
  settleFirst,
} from './merge-heap';
import { noteGroup } from './merge-host';
import { nextGroup, nextItem, Source } from './merge-source';

/*
 * Walks the groups of several sources as if they were one: keys ascending, each once, its values in
 * the order of the sources, or by bytes if every source has them so.
 *
 * The sources wait in a heap of keys. For values in byte order those with the current key move to a
 * heap of values meanwhile: a key may be long and have millions of values, and need not be compared
 * for each of them. There is one merge at a time.
 */

/** Where the sources and the heaps lie. */
let sources: usize = 0;
let byKey: Heap = changetype<Heap>(0);
let byValue: Heap = changetype<Heap>(0);
let sortsValues: bool = false;
/** Whether another source waits with the current key. */
let isShared: bool = false;
/** Whether the values of the current key are in the heap of values. */
let isGathered: bool = false;
let hasShown: bool = false;
/** Records of the current key, and how many make it of interest. */
let groupRecords: u64 = 0;
let recordsOfInterest: u64 = 1;
let groups: u64 = 0;
let records: u64 = 0;

/** The source with the current key, and with the current value. */
export let current: Source = changetype<Source>(0);

/** Bytes that a merge of so many sources takes besides windows. */
export function mergeBytes(count: u32): usize {
  return 2 * offsetof<Heap>() + usize(count) * offsetof<Source>() + 2 * heapBytes(count) + 16;
}

/** Begins a merge of so many sources. What came before is forgotten, the numbers of groups too. */
export function mergeBegin(at: usize, count: u32, valuesAreSorted: bool): void {
  memory.fill(at, 0, mergeBytes(count));
  byKey = changetype<Heap>(at);
  byValue = changetype<Heap>(at + offsetof<Heap>());
  sources = (at + 2 * offsetof<Heap>() + 7) & ~usize(7);
  byKey.entries = (sources + usize(count) * offsetof<Source>() + 7) & ~usize(7);
  byValue.entries = byKey.entries + heapBytes(count);
  sortsValues = valuesAreSorted;
  isShared = false;
  isGathered = false;
  hasShown = false;
  groupRecords = 0;
  recordsOfInterest = 1;
  groups = 0;
  records = 0;
}

/** Says what a source has, and where its window is. */
export function mergeSource(
  index: u32,
  window: usize,
  capacity: usize,
  unread: f64,
  groupsExpected: f64,
  recordsExpected: f64,
  largestBytes: u32,
): void {
  const source = sourceOf(index);
  source.index = index;
  source.window = window;
  source.capacity = capacity;
  source.portion = capacity;
  source.at = window;
  source.end = window;
  source.unread = u64(unread);
  source.groupsExpected = u64(groupsExpected);
  source.recordsExpected = u64(recordsExpected);
  source.largestBytes = u64(largestBytes);
}

/** Has a source give keys from one on, and, if there is an end, below another. */
export function mergeRange(
  index: u32,
  from: usize,
  fromBytes: usize,
  hasEnd: bool,
  to: usize,
  toBytes: usize,
): void {
  const source = sourceOf(index);
  source.hasRange = true;
  source.hasEnd = hasEnd;
  source.from = from;
  source.fromBytes = fromBytes;
  source.to = to;
  source.toBytes = toBytes;
}

/** Has a source wait with its first group. To be called once for each, when all have been described. */
export function mergeAdd(index: u32): void {
  const source = sourceOf(index);
  if (nextGroup(source)) addTo(byKey, source);
}

/** Moves to the next key. To be called when {@link mergeNextItem} has said false, or at the start. */
export function mergeNextGroup(): bool {
  if (byKey.count === 0) return false;
  current = firstOf(byKey);
  isShared = firstTwoAreSame(byKey);
  groups++;
  groupRecords = 0;
  if (sortsValues && isShared) gather();
  return true;
}

/** Moves to the next value of the key. False at the end of the group. */
export function mergeNextItem(): bool {
  if (isGathered) return nextByValue();
  while (!nextItem(current)) {
    const goesOn = isShared;
    if (!goesOn) endGroup();
    if (nextGroup(current)) settleFirst(byKey);
    else removeFirst(byKey);
    if (!goesOn) return false;
    current = firstOf(byKey);
    isShared = firstTwoAreSame(byKey);
  }
  countItem();
  return true;
}

/** Distinct keys seen so far. */
export function mergeGroups(): f64 {
  return f64(groups);
}

/** Records seen so far. */
export function mergeRecords(): f64 {
  return f64(records);
}

function sourceOf(index: u32): Source {
  return changetype<Source>(sources + usize(index) * offsetof<Source>());
}

function countItem(): void {
  records += current.times;
  groupRecords += current.times;
}

/** To be called while the source still has the key. */
function endGroup(): void {
  if (groupRecords < recordsOfInterest) return;
  recordsOfInterest = u64(noteGroup(current.key, current.keyBytes, f64(groupRecords)));
}

/** Moves the sources with the current key to the heap of values, each to its first one. */
function gather(): void {
  let isLast = false;
  while (!isLast) {
    const source = firstOf(byKey);
    isLast = !firstTwoAreSame(byKey);
    removeFirst(byKey);
    if (nextItem(source)) {
      sortByValue(source);
      addTo(byValue, source);
    } else {
      sendBack(source);
    }
  }
  isGathered = true;
  hasShown = false;
}

function nextByValue(): bool {
  if (hasShown) {
    if (nextItem(current)) {
      sortByValue(current);
      settleFirst(byValue);
    } else {
      if (byValue.count === 1) endGroup();
      removeFirst(byValue);
      sendBack(current);
    }
  }
  if (byValue.count === 0) {
    isGathered = false;
    return false;
  }
  hasShown = true;
  current = firstOf(byValue);
  countItem();
  return true;
}

/** No value at all comes before an empty one. */
function sortByValue(source: Source): void {
  source.text = source.value;
  source.textBytes = source.valueBytes;
  source.prefix = prefixAt(source.value, source.valueBytes);
  source.rank = source.isBare ? 0 : 1;
}

/** Has a source that has no more values wait with its next key. */
function sendBack(source: Source): void {
  if (nextGroup(source)) addTo(byKey, source);
}
