import { Sortable, SORTABLE_BYTES } from './byte-sort';
import { areSame } from './bytes';
import { keyBytes, keyHash, valueBytes, valueStart } from './line-cut';
import { beginFoldedGroup, Fold, foldValue } from './fold';
import {
  addValue,
  beginGroup,
  Group,
  KEY_AT,
  paddedKeyBytes,
  VALUES_FIRST_BYTES,
  valueRoom,
} from './group';
import { Outcome } from './outcome';
import { hasRoom, lowerFloor, roomEnd, take, top } from './table-room';

/*
 * Groups records by key as they come: a hash table with linear probing. A slot is 8 bytes: the hash
 * of a key, then the address of its group, 0 for a free slot. Half of the slots stay free: then the
 * list of groups that is sorted later, 16 bytes each, fits where the slots were.
 */

const SLOT_BYTES: usize = 8;
const FIRST_SLOTS: u32 = 512;
/** Longer ones are read on before they are needed. */
const SEEN_KEY_BYTES_MAX: usize = 256;

let slots: u32 = 0;
let slotBase: usize = 0;
/** Distinct keys in the table. */
export let groups: u32 = 0;

/** Empties the table; the room must be empty. False when not even the slots fit. */
export function clearGroups(): bool {
  groups = 0;
  slots = FIRST_SLOTS;
  return makeSlots();
}

/** Takes the record that was cut last, with its key at `at`. */
export function addToGroup(at: usize, fold: Fold): Outcome {
  const mask = slots - 1;
  let slot = keyHash & mask;
  while (true) {
    const place = slotBase + <usize>slot * SLOT_BYTES;
    const group = load<u32>(place, 4);
    if (group === 0) return addGroup(at, fold);
    if (load<u32>(place) === keyHash && hasKey(changetype<Group>(group), at)) {
      return addOrFold(changetype<Group>(group), fold);
    }
    slot = (slot + 1) & mask;
  }
}

/** Looks at the slot where a key of this hash would be. */
export function seeSlot(hash: u32): u32 {
  return load<u32>(slotBase + <usize>(hash & (slots - 1)) * SLOT_BYTES, 4);
}

/**
 * Looks at what that slot names: where a group with a key of so many bytes begins, and where its first
 * values end. Should it be another group, or none, there lies memory, too: no further away than slots.
 */
export function seeGroup(hash: u32, bytes: usize): u32 {
  const group = <usize>seeSlot(hash);
  const key = paddedKeyBytes(min(bytes, SEEN_KEY_BYTES_MAX));
  return load<u32>(group) + load<u32>(group + KEY_AT + key + VALUES_FIRST_BYTES - 4);
}

/** Looks at where the next value of that group goes. */
export function seeTail(hash: u32): u32 {
  const group = <usize>seeSlot(hash);
  return group === 0 ? 0 : load<u8>(changetype<Group>(group).tail);
}

/**
 * Turns the slots into a list of the groups, for each its partition and its address. The table is of
 * no use after this.
 *
 * @returns where the list begins; it has {@link groups} places
 */
export function takeGroupList(partitions: u32): usize {
  const end = slotBase + <usize>slots * SLOT_BYTES;
  let to = slotBase;
  for (let place = slotBase; place < end; place += SLOT_BYTES) {
    if (load<u32>(place, 4) === 0) continue;
    store<u64>(to, load<u64>(place));
    to += SLOT_BYTES;
  }
  // Twice as wide, from the last to the first: none is overwritten before it was read.
  for (let index: usize = groups; index-- > 0;) {
    const place = slotBase + index * SLOT_BYTES;
    const listed = changetype<Sortable>(slotBase + index * SORTABLE_BYTES);
    const hash = load<u32>(place);
    const group = load<u32>(place, 4);
    listed.prefix = u64(hash % partitions);
    listed.start = group;
  }
  return slotBase;
}

function hasKey(group: Group, at: usize): bool {
  return group.keyBytes === keyBytes && areSame(changetype<usize>(group) + KEY_AT, at, keyBytes);
}

function addOrFold(group: Group, fold: Fold): Outcome {
  if (fold !== Fold.None) return foldValue(group, fold, valueStart, valueBytes);
  return addValue(group, valueStart, valueBytes) ? Outcome.Taken : Outcome.Full;
}

function addGroup(at: usize, fold: Fold): Outcome {
  if (groups * 2 >= slots && !doubleSlots()) return Outcome.Full;
  const keyRoom = paddedKeyBytes(keyBytes);
  const bytes = KEY_AT + keyRoom + VALUES_FIRST_BYTES;
  // Room for both, so that no group stays without a value.
  if (!hasRoom(bytes + 8 + valueRoom(valueBytes))) return Outcome.Full;
  const address = take(bytes);
  const group = changetype<Group>(address);
  group.keyBytes = keyBytes;
  // Zeros behind the key first: keys are compared 16 bytes at a time.
  v128.store(address + KEY_AT + keyRoom - 16, i64x2.splat(0));
  memory.copy(address + KEY_AT, at, keyBytes);
  if (fold === Fold.None) beginGroup(group);
  else beginFoldedGroup(group);
  const outcome = addOrFold(group, fold);
  if (outcome !== Outcome.Taken) return outcome;
  link(keyHash, address);
  groups++;
  return outcome;
}

function link(hash: u32, group: usize): void {
  const mask = slots - 1;
  let slot = hash & mask;
  while (load<u32>(slotBase + <usize>slot * SLOT_BYTES, 4) !== 0) slot = (slot + 1) & mask;
  const place = slotBase + <usize>slot * SLOT_BYTES;
  store<u32>(place, hash);
  store<u32>(place, u32(group), 4);
}

function makeSlots(): bool {
  const bytes = <usize>slots * SLOT_BYTES;
  const to = roomEnd() - bytes;
  if (!lowerFloor(to)) return false;
  slotBase = to;
  memory.fill(slotBase, 0, bytes);
  return true;
}

/** Needs room for the new slots and, for a moment, for a copy of the old ones below them. */
function doubleSlots(): bool {
  const oldBytes = <usize>slots * SLOT_BYTES;
  const copy = roomEnd() - 3 * oldBytes;
  if (copy < top || copy > roomEnd() || !hasRoom(2 * oldBytes)) return false;
  memory.copy(copy, slotBase, oldBytes);
  slots *= 2;
  makeSlots();
  for (let place = copy; place < copy + oldBytes; place += SLOT_BYTES) {
    const group = load<u32>(place, 4);
    if (group !== 0) link(load<u32>(place), group);
  }
  return true;
}
