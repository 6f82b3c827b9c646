import { areSame } from './bytes';
import { CODE_BARE, CODE_EMPTY } from './item-code';
import { NO_VALUE } from './line-cut';
import { hasRoom, keepFree, take } from './table-room';
import { VARINT_BYTES_MAX, varintBytes, writeVarint } from './varint';

/**
 * A group in the table: these fields, the key filled up with zeros to a multiple of 16 bytes, and
 * room for the first values. Values stand as items, as they will stand in the run, in a chain of
 * chunks of growing size; the first chunk is the room behind the key.
 *
 * The item that came last is open: how often its value came in a row is known when another value
 * comes, and is then written behind it.
 */
@unmanaged
export class Group {
  keyBytes: usize;
  records: u32;
  /** Where the next item goes. */
  tail: usize;
  /** The item that is open, and how often its value came; 0 when none is. */
  openItem: usize;
  openCount: u32;
  /** The chunk that is being filled. */
  chunk: Chunk;
  /** The first chunk's fields, see {@link Chunk}. */
  next: usize;
  end: usize;
}

/** A chunk but the first: these fields, then the items. */
@unmanaged
export class Chunk {
  next: usize;
  /** Where it ends: its room while it is filled, its items later. */
  end: usize;
}

export const KEY_AT: usize = offsetof<Group>();
export const VALUES_FIRST_BYTES: usize = 16;
const CHUNK_BYTES_MAX: usize = 65_536;
const OPEN_COUNT_MAX: u32 = 0x7fffffff;
/** In the list that is sorted, a value takes so many bytes. */
const SORTED_VALUE_BYTES: usize = 16;

/** The longest key or value since it was last set to 0. */
export let largestBytes: usize = 0;
/** Whether values will be sorted, for which memory is kept free. */
let sortsValues: bool = false;

export function forgetLargest(): void {
  largestBytes = 0;
}

export function setSortsValues(sorts: bool): void {
  sortsValues = sorts;
}

/** Bytes that a key takes in its group. */
export function paddedKeyBytes(bytes: usize): usize {
  return bytes === 0 ? 16 : (bytes + 15) & ~(<usize>15);
}

/** The most that a new value can take. */
export function valueRoom(bytes: i32): usize {
  return offsetof<Chunk>() + 3 * VARINT_BYTES_MAX + <usize>max(bytes, 0);
}

export function firstChunkOf(group: Group): Chunk {
  return changetype<Chunk>(changetype<usize>(group) + offsetof<Group>('next'));
}

/** Where the items of a chunk of this group begin. */
export function itemsOf(group: Group, chunk: Chunk): usize {
  return chunk === firstChunkOf(group)
    ? changetype<usize>(group) + KEY_AT + paddedKeyBytes(group.keyBytes)
    : changetype<usize>(chunk) + offsetof<Chunk>();
}

/** Makes a group without values of memory whose `keyBytes` is set. */
export function beginGroup(group: Group): void {
  const chunk = firstChunkOf(group);
  const items = itemsOf(group, chunk);
  noteLength(group.keyBytes);
  group.records = 0;
  group.openCount = 0;
  group.tail = items;
  group.chunk = chunk;
  group.next = 0;
  group.end = items + VALUES_FIRST_BYTES;
}

/** Adds a value, {@link NO_VALUE} bytes for none. False when there is no room for it. */
export function addValue(group: Group, value: usize, bytes: i32): bool {
  if (sortsValues && !keepFree(<usize>(group.records + 2) * SORTED_VALUE_BYTES)) return false;
  const head = headOf(bytes);
  const headBytes = varintBytes(head);
  const payload = <usize>max(bytes, 0);
  if (group.openCount !== 0) {
    const open = group.openItem;
    if (
      group.tail - open === headBytes + payload &&
      load<u8>(open) === u8(headBytes === 1 ? head : (head & 0x7f) | 0x80) &&
      areSame(open + headBytes, value, payload) &&
      group.openCount < OPEN_COUNT_MAX
    ) {
      group.openCount++;
      group.records++;
      return true;
    }
    closeItem(group);
  }
  const needed = headBytes + payload + VARINT_BYTES_MAX;
  if (group.tail + needed > group.chunk.end && !addChunk(group, needed)) return false;
  noteLength(payload);
  const item = group.tail;
  const at = writeVarint(item, head);
  memory.copy(at, value, payload);
  group.openItem = item;
  group.openCount = 1;
  group.tail = at + payload;
  group.records++;
  return true;
}

/** Completes the group: every chunk ends where its items end. */
export function closeGroup(group: Group): void {
  if (group.openCount !== 0) closeItem(group);
  group.chunk.end = group.tail;
}

/** What stands before a value: its code, without a count. */
export function headOf(bytes: i32): u32 {
  return (bytes === NO_VALUE ? CODE_BARE : CODE_EMPTY + u32(bytes)) << 1;
}

function closeItem(group: Group): void {
  const count = group.openCount;
  group.openCount = 0;
  if (count === 1) return;
  store<u8>(group.openItem, load<u8>(group.openItem) | 1);
  group.tail = writeVarint(group.tail, count);
}

function addChunk(group: Group, needed: usize): bool {
  const last = group.chunk;
  const lastBytes = last.end - itemsOf(group, last);
  const bytes = max(needed, min(lastBytes * 2, CHUNK_BYTES_MAX));
  const total = bytes + offsetof<Chunk>();
  if (!hasRoom(total)) return false;
  last.end = group.tail;
  const address = take(total);
  last.next = address;
  const chunk = changetype<Chunk>(address);
  chunk.next = 0;
  chunk.end = address + total;
  group.chunk = chunk;
  group.tail = address + offsetof<Chunk>();
  return true;
}

export function noteLength(bytes: usize): void {
  if (bytes > largestBytes) largestBytes = bytes;
}
