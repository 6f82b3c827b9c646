import { copyShort } from './bytes';

/*
 * The chunk that is being filled. What is short is written at once, as long as the chunk is not full;
 * there is room for that behind it. What is long is laid out in parts, which are copied when there is
 * room, over as many chunks as it takes.
 */

/** What is at most so long is short. */
export const SHORT_BYTES_MAX: usize = 4096;
/** Room behind a full chunk. */
const SLACK_BYTES: usize = SHORT_BYTES_MAX + 64;

/** Addresses and lengths of the parts of something long, four at most. */
const PARTS: usize = memory.data(32, 8);
let parts = 0;
let part = 0;
let partDone: usize = 0;

/** Where the next byte goes, and from where on the chunk is full. */
export let place: usize = 0;
let full: usize = 0;
let start: usize = 0;

/** Bytes that a chunk takes which is full with so many. */
export function mergeChunkBytes(bytes: usize): usize {
  return bytes + SLACK_BYTES;
}

/** Forgets what was left over from the last merge. */
export function resetChunk(): void {
  parts = 0;
}

/** Begins a chunk, with what is left of something long. */
export function beginChunk(at: usize, bytes: usize): void {
  start = at;
  place = at;
  full = at + bytes;
}

/** How much there is left until the chunk is full. */
export function roomLeft(): usize {
  return full > place ? full - place : 0;
}

/** Bytes in the chunk. */
export function chunkBytes(): usize {
  return place - start;
}

export function moveTo(at: usize): void {
  place = at;
}

export function putByte(byte: u8): void {
  store<u8>(place++, byte);
}

/** Something short; may write 15 bytes more than that. */
export function put(from: usize, bytes: usize): void {
  copyShort(place, from, bytes);
  place += bytes;
}

export function addPart(from: usize, bytes: usize): void {
  if (parts === 0) {
    part = 0;
    partDone = 0;
  }
  const entry = PARTS + usize(parts++) * 8;
  store<usize>(entry, from);
  store<usize>(entry + 4, bytes);
}

/** Copies as much of the parts as there is room for. Whether that was all. */
export function putParts(): bool {
  while (part < parts) {
    const entry = PARTS + usize(part) * 8;
    const bytes = load<usize>(entry + 4);
    const count = min(bytes - partDone, roomLeft());
    memory.copy(place, load<usize>(entry) + partDone, count);
    place += count;
    partDone += count;
    if (partDone < bytes) return false;
    part++;
    partDone = 0;
  }
  parts = 0;
  return true;
}
