import { compare, prefixAt } from './bytes';
import { CODE_BARE, CODE_EMPTY } from './item-code';
import { makeWindow, readMore, reportDamage } from './merge-host';

/** The longest number in a run. */
const NUMBER_BYTES_MAX: usize = 8;
/** The most that the numbers around a value can take, and one byte more. */
const HEAD_BYTES_MAX: usize = 17;
/** A larger window is made only for a key and value that need it, and as large as they need it. */
const WINDOW_BYTES_MAX: usize = 512 * 1024 * 1024;
/** The first byte of a number of several bytes is so large at least. */
const LONG: usize = 0x80;
/** Kinds of damage, see MergeHost. */
const BAD_NUMBER = 0;
const BAD_LENGTH = 1;
const BAD_COUNTS = 2;

/**
 * One block, or several that lie one behind another in a segment, read through a window, which moves
 * to a larger place for a large key or value.
 *
 * The host compares the checksum of a block as soon as it has loaded its last byte. And the window
 * always holds one byte more than what is being looked at, if there is one more: since every group
 * ends with a byte of its own, whoever sees the last value knows that all of it was right.
 */
@unmanaged
export class Source {
  /** What the source is sorted by in a heap: its key, or its value among those of a key. */
  text: usize;
  textBytes: usize;
  prefix: u64;
  /** Comes first among equal texts; 0 for keys. */
  rank: u32;
  index: u32;
  /** The current key, as long as its group lasts. */
  key: usize;
  keyBytes: usize;
  keepsKey: bool;
  /** The current value, until the next one is asked for. */
  isBare: bool;
  value: usize;
  valueBytes: usize;
  times: u64;
  /** The window, what of it is loaded and where the next number is. */
  window: usize;
  capacity: usize;
  at: usize;
  end: usize;
  /** How much is loaded at a time. */
  portion: usize;
  /** Bytes that are not loaded yet. */
  unread: u64;
  /** How many there are, and how many the index says. */
  groups: u64;
  records: u64;
  groupsExpected: u64;
  recordsExpected: u64;
  largestBytes: u64;
  /** Which keys are wanted, when `hasRange`; without `hasEnd` there is no upper bound. */
  hasRange: bool;
  hasEnd: bool;
  hasBegun: bool;
  from: usize;
  fromBytes: usize;
  to: usize;
  toBytes: usize;
}

/** Moves to the next group that is wanted; the values of the one before must have been taken. */
export function nextGroup(source: Source): bool {
  return source.hasRange ? nextInRange(source) : nextOfAll(source);
}

/** Moves to the next value of the group; false at its end. */
export function nextItem(source: Source): bool {
  // The common case first: short, and all of it in the window.
  const at = source.at;
  const left = source.end - at;
  if (left < HEAD_BYTES_MAX) return nextItemAnyhow(source);
  const head = usize(load<u8>(at));
  if (head === 0) {
    source.at = at + 1;
    return false;
  }
  const code = head >> 1;
  const bytes: usize = code === CODE_BARE ? 0 : code - CODE_EMPTY;
  if (head >= LONG || code === 0 || left < bytes + HEAD_BYTES_MAX) return nextItemAnyhow(source);
  source.isBare = code === CODE_BARE;
  source.value = at + 1;
  source.valueBytes = bytes;
  source.at = at + 1 + bytes;
  countTimes(source, (head & 1) === 0 ? 1 : takeNumber(source));
  return true;
}

function nextItemAnyhow(source: Source): bool {
  want(source, HEAD_BYTES_MAX);
  const head = takeNumber(source);
  if (head === 0) return false;
  const code = head >> 1;
  source.isBare = code === u64(CODE_BARE);
  const bytes: u64 = code === u64(CODE_BARE) ? 0 : code - u64(CODE_EMPTY);
  wantPayload(source, bytes);
  const value = source.at;
  source.value = value;
  source.valueBytes = usize(bytes);
  source.at = value + usize(bytes);
  countTimes(source, (head & 1) === 0 ? 1 : takeNumber(source));
  return true;
}

function countTimes(source: Source, times: u64): void {
  if (times === 0) reportDamage(source.index, BAD_NUMBER);
  source.times = times;
  source.records += times;
  if (source.records > source.recordsExpected) reportDamage(source.index, BAD_COUNTS);
}

function nextOfAll(source: Source): bool {
  source.keepsKey = false;
  const at = source.at;
  const left = source.end - at;
  const bytes = usize(load<u8>(at));
  if (bytes < LONG && left >= bytes + HEAD_BYTES_MAX) {
    source.at = at + 1;
    takeKey(source, bytes);
    return true;
  }
  want(source, NUMBER_BYTES_MAX);
  if (source.at === source.end) {
    checkCounts(source);
    return false;
  }
  const anyBytes = takeNumber(source);
  wantPayload(source, anyBytes);
  takeKey(source, usize(anyBytes));
  return true;
}

function takeKey(source: Source, bytes: usize): void {
  const key = source.at;
  source.key = key;
  source.keyBytes = bytes;
  source.text = key;
  source.textBytes = bytes;
  source.rank = 0;
  source.prefix = prefixAt(key, bytes);
  source.at = key + bytes;
  source.keepsKey = true;
  source.groups++;
}

/**
 * At both ends there may be groups outside the range. They are skipped, and the last block is still
 * loaded to its end before the source ends, so that what it gave has been checked.
 */
function nextInRange(source: Source): bool {
  while (nextOfAll(source)) {
    if (source.hasEnd && isKeyBelow(source, source.to, source.toBytes) === false) {
      loadRest(source);
      return false;
    }
    if (source.hasBegun || isKeyBelow(source, source.from, source.fromBytes) === false) {
      source.hasBegun = true;
      return true;
    }
    while (nextItem(source));
  }
  return false;
}

function isKeyBelow(source: Source, bound: usize, boundBytes: usize): bool {
  return compare(source.key, source.keyBytes, bound, boundBytes) < 0;
}

/** Loads what is left for its checksums alone. There are no groups after this. */
function loadRest(source: Source): void {
  while (source.unread > 0) {
    source.end = source.window;
    loadMore(source, 1);
  }
  source.at = source.end;
}

function takeNumber(source: Source): u64 {
  const at = source.at;
  if (at < source.end) {
    const byte = load<u8>(at);
    if (byte < 0x80) {
      source.at = at + 1;
      return u64(byte);
    }
  }
  return takeLongNumber(source);
}

function takeLongNumber(source: Source): u64 {
  let value: u64 = 0;
  const end = min(source.end, source.at + NUMBER_BYTES_MAX);
  for (let at = source.at, shift: u64 = 0; at < end; at++, shift += 7) {
    const byte = load<u8>(at);
    value |= u64(byte & 0x7f) << shift;
    if (byte < 0x80) {
      source.at = at + 1;
      return value;
    }
  }
  reportDamage(source.index, BAD_NUMBER);
  return 0;
}

/** Has `bytes` bytes, a count and one byte more in the window. */
function wantPayload(source: Source, bytes: u64): void {
  if (bytes > source.largestBytes) reportDamage(source.index, BAD_LENGTH);
  want(source, usize(bytes) + NUMBER_BYTES_MAX + 1);
  if (source.end - source.at <= usize(bytes)) reportDamage(source.index, BAD_LENGTH);
}

/** Has `bytes` bytes in the window, or all that is left. */
function want(source: Source, bytes: usize): void {
  if (source.end - source.at < bytes && source.unread > 0) refill(source, bytes);
}

/** Moves the key, if it is still needed, and what has not been looked at to the beginning. */
function refill(source: Source, bytes: usize): void {
  const keyBytes: usize = source.keepsKey ? source.keyBytes : 0;
  const rest = source.end - source.at;
  let window = source.window;
  if (keyBytes + bytes > source.capacity) {
    // Large enough for any key with any value: a source moves once, if they are not immense.
    const room = max(keyBytes + bytes, min(roomForAll(source), WINDOW_BYTES_MAX));
    window = makeWindow(room);
    source.capacity = room;
  }
  memory.copy(window, source.key, keyBytes);
  memory.copy(window + keyBytes, source.at, rest);
  if (source.keepsKey) {
    source.key = window;
    source.text = window;
  }
  source.window = window;
  source.at = window + keyBytes;
  source.end = source.at + rest;
  while (source.end - source.at < bytes && source.unread > 0) {
    loadMore(source, bytes - (source.end - source.at));
  }
}

function roomForAll(source: Source): usize {
  return (usize(source.largestBytes) + HEAD_BYTES_MAX) << 1;
}

/** Loads a portion, or more if more is needed at once. */
function loadMore(source: Source, needed: usize): void {
  const room = min(source.window + source.capacity - source.end, max(needed, source.portion));
  const count = readMore(source.index, source.end, usize(min(u64(room), source.unread)));
  source.end += count;
  source.unread -= u64(count);
}

function checkCounts(source: Source): void {
  if (source.groups !== source.groupsExpected || source.records !== source.recordsExpected) {
    reportDamage(source.index, BAD_COUNTS);
  }
}
