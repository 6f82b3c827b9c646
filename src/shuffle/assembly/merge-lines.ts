import {
  addPart,
  beginChunk,
  chunkBytes,
  moveTo,
  place,
  put,
  putByte,
  putParts,
  resetChunk,
  roomLeft,
  SHORT_BYTES_MAX,
} from './merge-chunk';
import { current, mergeNextGroup, mergeNextItem } from './merge-groups';

const LINE_FEED: u8 = 0x0a;
const NEWLINE: usize = memory.data<u8>([LINE_FEED]);
/** So many copies of a short line are written one by one. */
const SINGLE_COPIES_MAX: usize = 16;

let separator: usize = 0;
let separatorBytes: usize = 0;
let isInGroup: bool = false;
/** How often the current line is still to be written. */
let owed: u64 = 0;

/** Begins the output of a merge as lines, the separator being at an address for that long. */
export function mergeLinesBegin(at: usize, bytes: usize): void {
  separator = at;
  separatorBytes = bytes;
  isInGroup = false;
  owed = 0;
  resetChunk();
}

/**
 * Fills a chunk with lines `key separator value LF`, each value as often as it came. Gives the bytes
 * of the chunk: about as many as wanted, 0 at the end. A long line goes over several chunks.
 */
export function mergeLines(at: usize, bytes: usize): usize {
  beginChunk(at, bytes);
  let goesOn = putParts();
  while (goesOn && writeOwed()) {
    if (isInGroup && mergeNextItem()) {
      owed = current.times;
    } else {
      isInGroup = mergeNextGroup();
      goesOn = isInGroup;
    }
  }
  return chunkBytes();
}

/** Writes the current line as often as it is owed. False when the chunk was full before that. */
function writeOwed(): bool {
  if (owed === 0) return true;
  const bytes = lineBytes();
  if (bytes > SHORT_BYTES_MAX) return writeLongLines();
  if (roomLeft() === 0) return false;
  const line = place;
  writeLine();
  owed--;
  if (owed > 0) owed -= repeat(line, bytes);
  return owed === 0;
}

function lineBytes(): usize {
  const bytes = current.keyBytes + 1;
  return current.isBare ? bytes : bytes + separatorBytes + current.valueBytes;
}

function writeLine(): void {
  put(current.key, current.keyBytes);
  if (!current.isBare) {
    put(separator, separatorBytes);
    put(current.value, current.valueBytes);
  }
  putByte(LINE_FEED);
}

/** Writes the line that stands last in the chunk until it is full. How often that was. */
function repeat(line: usize, bytes: usize): u64 {
  const room = (roomLeft() + bytes - 1) / bytes;
  const copies = usize(min(owed, u64(room)));
  const singles = min(copies, SINGLE_COPIES_MAX - 1);
  copySingly(line, bytes, singles);
  const total = (copies + 1) * bytes;
  for (let done = (singles + 1) * bytes; done < total; done *= 2) {
    memory.copy(line + done, line, min(done, total - done));
  }
  moveTo(line + total);
  return u64(copies);
}

/** A few copies of the line that stands last in the chunk. */
function copySingly(line: usize, bytes: usize, copies: usize): void {
  const end = line + (copies + 1) * bytes;
  if (bytes <= 16) {
    // Loaded once: what was just stored is slow to load.
    const block = v128.load(line);
    for (let at = line + bytes; at < end; at += bytes) v128.store(at, block);
  } else {
    for (let at = line + bytes; at < end; at += bytes) memory.copy(at, line, bytes);
  }
}

function writeLongLines(): bool {
  while (putParts()) {
    if (owed === 0) return true;
    if (roomLeft() === 0) return false;
    owed--;
    addPart(current.key, current.keyBytes);
    if (!current.isBare) {
      addPart(separator, separatorBytes);
      addPart(current.value, current.valueBytes);
    }
    addPart(NEWLINE, 1);
  }
  return false;
}
