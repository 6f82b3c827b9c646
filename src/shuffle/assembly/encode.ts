import { copyShort } from './bytes';
import { Chunk, firstChunkOf, Group, headOf, itemsOf } from './group';
import { beginWalk, Kind, nextGroup, nextValue, Walk } from './walk';
import { VARINT_BYTES_MAX, writeVarint } from './varint';

/*
 * Encodes the groups of a walk as run-format.ts says. The output is filled again and again, so the
 * encoder can stop at any byte of a key or value.
 */

/** What comes next in the output. */
enum Stage {
  Group,
  Values,
  /** The count of the value that was written last. */
  Count,
}

/** Room that is needed for the numbers between keys and values. */
const NUMBERS_BYTES: usize = 2 * VARINT_BYTES_MAX + 2;

/** What may be written behind the end of a copy. */
const COPY_SPILL_BYTES: usize = 15;

const walk = changetype<Walk>(memory.data(offsetof<Walk>(), 8));
let stage: Stage = Stage.Group;
/** Bytes of a key, value or chunk that are still to be copied. */
let rest: usize = 0;
let restBytes: usize = 0;
/** Chunks are copied as they are where a walk would show nothing else. */
let copiesChunks: bool = false;
let chunk: usize = 0;

/** Groups and records whose encoding has begun since {@link beginEncoding}. */
export let encodedGroups: u32 = 0;
export let encodedRecords: u32 = 0;
/** Whether the output ends between two groups, or behind the last one. */
export let isAtBorder: bool = true;

/** Begins with the groups listed from `list` up to `end`. */
export function beginEncoding(list: usize, end: usize, kind: Kind): void {
  beginWalk(walk, list, end);
  stage = Stage.Group;
  restBytes = 0;
  copiesChunks = kind === Kind.Groups;
  encodedGroups = 0;
  encodedRecords = 0;
  isAtBorder = true;
}

/** The place in the list of the group that comes next; 0 behind the last one. */
export function encodingPlace(): usize {
  return walk.next < walk.end ? walk.next : 0;
}

/**
 * Fills `output` up to `limit`, or up to the first border of groups at or past `border`, or until all
 * groups are encoded.
 *
 * @returns where the output ends
 */
export function encode(output: usize, limit: usize, border: usize): usize {
  let at = output;
  isAtBorder = false;
  while (true) {
    if (restBytes !== 0) {
      const bytes = min(restBytes, limit - at);
      if (bytes + COPY_SPILL_BYTES <= limit - at) copyShort(at, rest, bytes);
      else memory.copy(at, rest, bytes);
      at += bytes;
      rest += bytes;
      restBytes -= bytes;
      if (restBytes !== 0) return at;
    }
    if (limit - at < NUMBERS_BYTES) return at;
    if (stage === Stage.Group) {
      if (at >= border || !nextGroup(walk)) {
        isAtBorder = true;
        return at;
      }
      at = beginGroup(at);
    } else {
      at = copiesChunks ? nextChunk(at) : nextNumbers(at);
    }
  }
}

function beginGroup(at: usize): usize {
  encodedGroups++;
  stage = Stage.Values;
  rest = walk.key;
  restBytes = walk.keyBytes;
  if (copiesChunks) {
    const group = changetype<Group>(walk.group);
    encodedRecords += group.records;
    chunk = changetype<usize>(firstChunkOf(group));
  }
  return writeVarint(at, u32(walk.keyBytes));
}

function nextChunk(at: usize): usize {
  if (chunk === 0) return endGroup(at);
  const next = changetype<Chunk>(chunk);
  rest = itemsOf(changetype<Group>(walk.group), next);
  restBytes = next.end - rest;
  chunk = next.next;
  return at;
}

function nextNumbers(at: usize): usize {
  if (stage === Stage.Count) {
    stage = Stage.Values;
    return writeVarint(at, walk.times);
  }
  if (!nextValue(walk)) return endGroup(at);
  encodedRecords += walk.times;
  rest = walk.value;
  restBytes = <usize>max(walk.valueBytes, 0);
  if (walk.times === 1) return writeVarint(at, headOf(walk.valueBytes));
  stage = Stage.Count;
  return writeVarint(at, headOf(walk.valueBytes) | 1);
}

function endGroup(at: usize): usize {
  stage = Stage.Group;
  store<u8>(at, 0);
  return at + 1;
}
