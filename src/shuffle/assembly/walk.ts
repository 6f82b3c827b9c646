import { prefixAt } from './bytes';
import { Sortable, SORTABLE_BYTES, sortBytes } from './byte-sort';
import { printTotal, totalText } from './fold';
import { Chunk, firstChunkOf, Group, headOf, itemsOf, KEY_AT } from './group';
import { CODE_EMPTY } from './item-code';
import { NO_VALUE } from './line-cut';
import { LINE_AT, Record, valueOf } from './record-list';
import { top } from './table-room';
import { readVarint, varintBytes, varintEnd } from './varint';

/** What the list of a table stands for. */
export enum Kind {
  Groups = 0,
  /** Groups whose values will be shown in order. */
  GroupsToSort = 1,
  FoldedGroups = 2,
  Records = 3,
}

/** A walk over sorted groups and their values. Callers begin it, move it and read it. */
@unmanaged
export class Walk {
  /** The place in the list that comes next, and the end of the list. */
  next: usize;
  end: usize;
  /** The group that is shown. */
  key: usize;
  keyBytes: usize;
  /** The value that is shown, how many bytes it has, `NO_VALUE` for none, and how often it comes. */
  value: usize;
  valueBytes: i32;
  times: u32;
  /** Where the next item is: in a chunk, in the list of records or in that of sorted values. */
  item: usize;
  itemsEnd: usize;
  chunk: usize;
  group: usize;
  /** Records without a value that are still to be shown, before the sorted ones. */
  bare: u32;
  /** Whether the values of the group have been listed in order, or the total been shown. */
  isBegun: bool;
  /** Up to there what is listed has been looked at. */
  seen: usize;
}

/** So many entries of the list are looked at in one go. */
const SEEN_BYTES: usize = 64 * SORTABLE_BYTES;
/** Most keys and their first value end by then. */
const NEAR_BYTES: usize = 40;

let kind: Kind = Kind.Groups;
/** Keeps the compiler from leaving out what is only looked at. */
let looked: u32 = 0;

export function setKind(value: Kind): void {
  kind = value;
}

/** Begins with what is listed from `list` up to `end`. */
export function beginWalk(walk: Walk, list: usize, end: usize): void {
  walk.next = list;
  walk.end = end;
  walk.seen = 0;
}

/** Moves to the next group. False at the end. */
export function nextGroup(walk: Walk): bool {
  if (walk.next >= walk.end) return false;
  if (walk.next >= walk.seen) lookAhead(walk, walk.next);
  const listed = changetype<Sortable>(walk.next);
  walk.key = listed.start;
  walk.keyBytes = listed.bytes;
  walk.isBegun = false;
  walk.bare = 0;
  if (kind === Kind.Records) {
    walk.item = walk.next;
    do walk.next += SORTABLE_BYTES;
    while (walk.next < walk.end && changetype<Sortable>(walk.next).prefix === 1);
    walk.itemsEnd = walk.next;
    return true;
  }
  walk.next += SORTABLE_BYTES;
  const group = changetype<Group>(listed.start - KEY_AT);
  walk.group = changetype<usize>(group);
  enterChunk(walk, firstChunkOf(group));
  return true;
}

/**
 * What is listed in order lies anywhere in memory. So much of it is looked at in one go, for which
 * the processor waits at once, see cut-ahead.ts.
 */
function lookAhead(walk: Walk, from: usize): void {
  const end = min(walk.end, from + SEEN_BYTES);
  let sum: u32 = 0;
  for (let place = from; place < end; place += SORTABLE_BYTES) {
    const start = changetype<Sortable>(place).start;
    sum += load<u8>(start - LINE_AT) + load<u8>(start + NEAR_BYTES);
  }
  looked += sum;
  walk.seen = end;
}

/** Moves to the next value of the group. False at its end. */
export function nextValue(walk: Walk): bool {
  switch (kind) {
    case Kind.Groups:
      return nextItem(walk);
    case Kind.GroupsToSort:
      return nextSorted(walk);
    case Kind.FoldedGroups:
      return nextFolded(walk);
    default:
      return nextRecord(walk);
  }
}

function nextRecord(walk: Walk): bool {
  if (walk.item === walk.itemsEnd) return false;
  if (walk.item >= walk.seen) lookAhead(walk, walk.item);
  const record = changetype<Record>(changetype<Sortable>(walk.item).start - LINE_AT);
  walk.item += SORTABLE_BYTES;
  walk.value = valueOf(record);
  walk.valueBytes = record.valueBytes;
  walk.times = 1;
  return true;
}

function nextItem(walk: Walk): bool {
  while (walk.item === walk.itemsEnd) {
    if (walk.chunk === 0) return false;
    enterChunk(walk, changetype<Chunk>(walk.chunk));
  }
  const head = readVarint(walk.item);
  walk.value = varintEnd;
  walk.valueBytes = head < CODE_EMPTY << 1 ? NO_VALUE : i32((head >> 1) - CODE_EMPTY);
  walk.item = walk.value + <usize>max(walk.valueBytes, 0);
  walk.times = 1;
  if ((head & 1) !== 0) {
    walk.times = readVarint(walk.item);
    walk.item = varintEnd;
  }
  return true;
}

function enterChunk(walk: Walk, chunk: Chunk): void {
  walk.item = itemsOf(changetype<Group>(walk.group), chunk);
  walk.itemsEnd = chunk.end;
  walk.chunk = chunk.next;
}

/** The total comes first, then what could not be folded. */
function nextFolded(walk: Walk): bool {
  if (!walk.isBegun) {
    walk.isBegun = true;
    const bytes = printTotal(changetype<Group>(walk.group));
    if (bytes > 0) {
      walk.value = totalText();
      walk.valueBytes = i32(bytes);
      walk.times = 1;
      return true;
    }
  }
  return nextItem(walk);
}

/** No value comes first, then values by bytes, those that are the same at once. */
function nextSorted(walk: Walk): bool {
  if (!walk.isBegun) {
    walk.isBegun = true;
    listValues(walk);
    if (walk.bare > 0) {
      walk.valueBytes = NO_VALUE;
      walk.times = walk.bare;
      return true;
    }
  }
  if (walk.item === walk.itemsEnd) return false;
  const first = changetype<Sortable>(walk.item);
  walk.value = first.start;
  walk.valueBytes = i32(first.bytes);
  let times: u64 = 0;
  do {
    times += timesOf(changetype<Sortable>(walk.item));
    if (times > u32.MAX_VALUE) return splitTimes(walk, times);
    walk.item += SORTABLE_BYTES;
  } while (walk.item < walk.itemsEnd && changetype<Sortable>(walk.item).prefix === 1);
  walk.times = u32(times);
  return true;
}

/** More of one value than a number here can say: what is too much is shown as another value. */
function splitTimes(walk: Walk, times: u64): bool {
  walk.times = u32(times - timesOf(changetype<Sortable>(walk.item)));
  return true;
}

/** Lists the values of the group above all that is in the table, where room was kept for it. */
function listValues(walk: Walk): void {
  const list = (top + 15) & ~(<usize>15);
  let end = list;
  while (nextItem(walk)) {
    if (walk.valueBytes === NO_VALUE) {
      walk.bare += walk.times;
      continue;
    }
    const listed = changetype<Sortable>(end);
    listed.start = walk.value;
    listed.bytes = <usize>walk.valueBytes;
    listed.prefix = prefixAt(walk.value, listed.bytes);
    end += SORTABLE_BYTES;
  }
  sortBytes(list, end);
  walk.item = list;
  walk.itemsEnd = end;
}

/** How often a listed value came: its item says so before and behind it. */
function timesOf(listed: Sortable): u32 {
  const headBytes = varintBytes(headOf(i32(listed.bytes)));
  const flags = load<u8>(listed.start - headBytes);
  return (flags & 1) === 0 ? 1 : readVarint(listed.start + listed.bytes);
}
