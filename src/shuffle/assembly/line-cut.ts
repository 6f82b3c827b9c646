import { areSame, findByte, findEither } from './bytes';
import { hashBytes } from './hash';

/*
 * Cuts a line into key and value. The only place that knows what a key is: it ends before the
 * separator that closes its last field; the value is what follows that separator. Without such a
 * separator the whole line is the key and there is no value. Separators are found from the left and
 * never overlap: `::` parts `a:::b` into `a` and `:b`.
 */

const LINE_FEED: u8 = 0x0a;
/** A separator of 64 characters takes at most so many bytes. */
const SEPARATOR_BYTES_MAX: i32 = 256;
/** The length of a value that is not there. */
export const NO_VALUE: i32 = -1;

const separator: usize = memory.data(SEPARATOR_BYTES_MAX + 16);
export let separatorBytes: usize = 1;
/** How many fields make the key; 0 for the whole line. */
let keyFields: u32 = 1;
/** By far the usual case: the key ends at the first separator, which is one byte. */
let isPlain: bool = true;

/** What {@link cutLine} has found. */
export let lineEnd: usize = 0;
export let keyBytes: usize = 0;
export let valueStart: usize = 0;
/** {@link NO_VALUE} for a line without separator. */
export let valueBytes: i32 = 0;
export let keyHash: u32 = 0;

/** What it has found, kept for later. */
@unmanaged
export class Cut {
  lineEnd: usize;
  keyBytes: usize;
  valueStart: usize;
  valueBytes: i32;
  keyHash: u32;
}

/** Where the bytes of the separator are to be written before {@link setShape}. */
export function separatorAddress(): usize {
  return separator;
}

export function setShape(bytes: usize, fields: u32): void {
  separatorBytes = bytes;
  keyFields = fields;
  isPlain = bytes === 1 && fields === 1;
}

/** Cuts the line at `at`. False when it does not end before `end`; then nothing is known of it. */
export function cutLine(at: usize, end: usize): bool {
  if (isPlain) return cutPlain(at, end);
  lineEnd = findByte(LINE_FEED, at, end);
  if (lineEnd >= end) return false;
  const keyEnd = findKeyEnd(at);
  keyBytes = keyEnd - at;
  keyHash = hashBytes(at, keyBytes);
  setValue(keyEnd);
  return true;
}

function cutPlain(at: usize, end: usize): bool {
  const byte = load<u8>(separator);
  const head = v128.load(at);
  const feeds = i8x16.bitmask(i8x16.eq(head, i8x16.splat(LINE_FEED)));
  const ends = feeds | i8x16.bitmask(i8x16.eq(head, i8x16.splat(byte)));
  let keyEnd: usize;
  if (ends !== 0) {
    keyEnd = at + ctz(ends);
    lineEnd = feeds !== 0 ? at + ctz(feeds) : findByte(LINE_FEED, at + 16, end);
  } else {
    keyEnd = findEither(LINE_FEED, byte, at + 16, end);
    if (keyEnd >= end) return false;
    lineEnd = load<u8>(keyEnd) === LINE_FEED ? keyEnd : findByte(LINE_FEED, keyEnd + 1, end);
  }
  if (lineEnd >= end) return false;
  keyBytes = keyEnd - at;
  keyHash = hashBytes(at, keyBytes);
  setValue(keyEnd);
  return true;
}

/** Keeps what {@link cutLine} has found last. */
export function keepCut(cut: Cut): void {
  cut.lineEnd = lineEnd;
  cut.keyBytes = keyBytes;
  cut.valueStart = valueStart;
  cut.valueBytes = valueBytes;
  cut.keyHash = keyHash;
}

/** Makes a kept cut the last one. */
export function recallCut(cut: Cut): void {
  lineEnd = cut.lineEnd;
  keyBytes = cut.keyBytes;
  valueStart = cut.valueStart;
  valueBytes = cut.valueBytes;
  keyHash = cut.keyHash;
}

function setValue(keyEnd: usize): void {
  if (keyEnd === lineEnd) {
    valueStart = lineEnd;
    valueBytes = NO_VALUE;
  } else {
    valueStart = keyEnd + separatorBytes;
    valueBytes = i32(lineEnd - valueStart);
  }
}

/** The start of the separator that closes the key of the line, or the line's end. */
function findKeyEnd(at: usize): usize {
  const first = load<u8>(separator);
  let fieldsLeft = keyFields;
  let place = at;
  while (true) {
    place = findByte(first, place, lineEnd);
    if (place + separatorBytes > lineEnd) return lineEnd;
    if (!areSame(place, separator, separatorBytes)) {
      place++;
    } else if (--fieldsLeft === 0) {
      return place;
    } else {
      place += separatorBytes;
    }
  }
}
