import { CODE_BARE, CODE_EMPTY } from './item-code';
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
import { writeVarint } from './varint';

/** The numbers around a long key or value, until they are in a chunk. */
const HEAD: usize = memory.data(16);
const COUNT: usize = memory.data(16);

let isInGroup: bool = false;

/** Begins the output of a merge as groups in the format of a run. */
export function mergeEncodedBegin(): void {
  isInGroup = false;
  resetChunk();
}

/**
 * Fills a chunk with groups. Gives the bytes of the chunk: about as many as wanted, 0 at the end.
 * Chunks end anywhere in a group.
 */
export function mergeEncoded(at: usize, bytes: usize): usize {
  beginChunk(at, bytes);
  while (putParts() && roomLeft() > 0) {
    if (!isInGroup) {
      isInGroup = mergeNextGroup();
      if (!isInGroup) break;
      writeKey();
    } else if (mergeNextItem()) {
      writeItem();
    } else {
      putByte(0);
      isInGroup = false;
    }
  }
  return chunkBytes();
}

function writeKey(): void {
  const bytes = current.keyBytes;
  if (bytes > SHORT_BYTES_MAX) {
    addPart(HEAD, writeVarint(HEAD, u64(bytes)) - HEAD);
    addPart(current.key, bytes);
  } else {
    moveTo(writeVarint(place, u64(bytes)));
    put(current.key, bytes);
  }
}

function writeItem(): void {
  const times = current.times;
  const bytes: usize = current.isBare ? 0 : current.valueBytes;
  const code: u64 = current.isBare ? u64(CODE_BARE) : u64(CODE_EMPTY) + u64(bytes);
  const head = (code << 1) | (times === 1 ? 0 : 1);
  if (bytes > SHORT_BYTES_MAX) {
    addPart(HEAD, writeVarint(HEAD, head) - HEAD);
    addPart(current.value, bytes);
    if (times > 1) addPart(COUNT, writeVarint(COUNT, times) - COUNT);
  } else {
    moveTo(writeVarint(place, head));
    put(current.value, bytes);
    if (times > 1) moveTo(writeVarint(place, times));
  }
}
