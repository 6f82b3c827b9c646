import { prefixAt } from './bytes';
import { Sortable, SORTABLE_BYTES, sortBytes, swap } from './byte-sort';
import { cutAhead, firstCut, nextCut } from './cut-ahead';
import { beginEncoding } from './encode';
import { Fold } from './fold';
import { closeGroup, Group, KEY_AT, setSortsValues } from './group';
import { addToGroup, clearGroups, groups, takeGroupList } from './group-table';
import { Cut, cutLine, keyHash, lineEnd, recallCut } from './line-cut';
import { Outcome } from './outcome';
import { addRecord, LINE_AT, listedRecords, Record, recordList } from './record-list';
import { empty, setRoom } from './table-room';
import { beginWalk, Kind, setKind, Walk } from './walk';

/*
 * The table of a map task: takes lines until its memory is full, then shows them sorted by partition
 * and key.
 */

let partitions: u32 = 1;
let maxRecordBytes: usize = 0;
let kind: Kind = Kind.Groups;
let fold: Fold = Fold.None;
/** For each partition where it begins in the list, then the length of the list. */
let starts: usize = 0;
let list: usize = 0;

/** Records held. */
export let records: u32 = 0;
/** Why {@link feedTable} stopped. */
export let outcome: Outcome = Outcome.Taken;

/**
 * Begins a table in the memory from `base` up to `end`, both multiples of 16.
 *
 * @returns false when the memory is too small for any table
 */
export function openTable(
  base: usize,
  end: usize,
  partitionCount: u32,
  recordBytesMax: usize,
): bool {
  partitions = partitionCount;
  maxRecordBytes = recordBytesMax;
  starts = base;
  const room = (base + 2 * 4 * (<usize>partitions + 1) + 15) & ~(<usize>15);
  if (room > end) return false;
  setRoom(room, end);
  return true;
}

/** Empties the table and says how it takes records from now on. False when there is no memory for it. */
export function clearTable(newKind: Kind, newFold: Fold): bool {
  kind = newKind;
  fold = newFold;
  records = 0;
  setKind(kind);
  setSortsValues(kind === Kind.GroupsToSort);
  empty();
  return kind === Kind.Records || clearGroups();
}

/**
 * Takes the complete lines from `from` up to `end`.
 *
 * @returns where it stopped: at an incomplete last line, or at the record of the {@link outcome}
 */
export function feedTable(from: usize, end: usize): usize {
  let at = from;
  outcome = Outcome.Taken;
  while (at < end && outcome === Outcome.Taken) {
    const before = at;
    at = kind === Kind.Records ? feedRecord(at, end) : feedGroups(at, end);
    if (at === before) break;
  }
  return at;
}

/** Takes one line. Returns where the next one begins. */
function feedRecord(at: usize, end: usize): usize {
  if (!cutLine(at, end)) return at;
  if (lineEnd - at > maxRecordBytes) outcome = Outcome.TooLong;
  else if (!addRecord(at, keyHash % partitions)) outcome = Outcome.Full;
  if (outcome !== Outcome.Taken) return at;
  records++;
  return lineEnd + 1;
}

/** Takes some lines. Returns where the next one begins. */
function feedGroups(from: usize, end: usize): usize {
  const lastEnd = cutAhead(from, end);
  let at = from;
  for (let cut = firstCut(); cut < lastEnd; cut = nextCut(cut)) {
    recallCut(changetype<Cut>(cut));
    outcome = lineEnd - at > maxRecordBytes ? Outcome.TooLong : addToGroup(at, fold);
    if (outcome !== Outcome.Taken) return at;
    records++;
    at = lineEnd + 1;
  }
  return at;
}

/** Takes the line at `at`, which is complete, without folding its value. */
export function keepRecord(at: usize, end: usize): void {
  cutLine(at, end);
  outcome = addToGroup(at, Fold.None);
  if (outcome === Outcome.Taken) records++;
}

/** Distinct keys held; in a list of records, records. */
export function tableGroups(): u32 {
  return kind === Kind.Records ? listedRecords() : groups;
}

/** Sorts by partition and key. After this the table can only be read, then cleared. */
export function sortTable(): void {
  const count = tableGroups();
  list = kind === Kind.Records ? recordList() : takeGroupList(partitions);
  placeByPartition(count);
  for (let partition: u32 = 0; partition < partitions; partition++) {
    const low = placeOf(partition);
    const high = placeOf(partition + 1);
    for (let place = low; place < high; place += SORTABLE_BYTES) nameKey(place);
    sortBytes(low, high);
  }
}

/** How many places of the list a partition has. */
export function listedIn(partition: u32): u32 {
  return load<u32>(starts + <usize>(partition + 1) * 4) - load<u32>(starts + <usize>partition * 4);
}

/** Begins a walk over the groups of a partition. */
export function walkPartition(walk: usize, partition: u32): void {
  beginWalk(changetype<Walk>(walk), placeOf(partition), placeOf(partition + 1));
}

/** Begins to encode the groups of a partition. */
export function encodePartition(partition: u32): void {
  beginEncoding(placeOf(partition), placeOf(partition + 1), kind);
}

function placeOf(partition: u32): usize {
  return list + <usize>load<u32>(starts + <usize>partition * 4) * SORTABLE_BYTES;
}

/** Brings the list, whose prefixes are partitions, in the order of partitions, in place. */
function placeByPartition(count: u32): void {
  const next = starts + <usize>(partitions + 1) * 4;
  memory.fill(starts, 0, <usize>(partitions + 1) * 4);
  const end = list + <usize>count * SORTABLE_BYTES;
  for (let place = list; place < end; place += SORTABLE_BYTES) {
    const counter = starts + (<usize>changetype<Sortable>(place).prefix + 1) * 4;
    store<u32>(counter, load<u32>(counter) + 1);
  }
  for (let partition: usize = 1; partition <= <usize>partitions; partition++) {
    const at = starts + partition * 4;
    store<u32>(at, load<u32>(at) + load<u32>(at - 4));
  }
  memory.copy(next, starts, <usize>partitions * 4);
  if (partitions === 1) return;
  for (let partition: u32 = 0; partition < partitions; partition++) fillPartition(partition, next);
}

/** Puts what belongs to a partition there, and what stood there where it belongs. */
function fillPartition(partition: u32, next: usize): void {
  const counter = next + <usize>partition * 4;
  const end = load<u32>(starts + <usize>(partition + 1) * 4);
  while (load<u32>(counter) < end) {
    const place = list + <usize>load<u32>(counter) * SORTABLE_BYTES;
    const own = u32(changetype<Sortable>(place).prefix);
    const target = next + <usize>own * 4;
    const index = load<u32>(target);
    store<u32>(target, index + 1);
    if (own === partition) continue;
    const other = list + <usize>index * SORTABLE_BYTES;
    swap(place, other);
  }
}

/** Puts the key of a listed group or record where sorting looks for it, and completes the group. */
function nameKey(place: usize): void {
  const listed = changetype<Sortable>(place);
  const address = listed.start;
  if (kind === Kind.Records) {
    listed.start = address + LINE_AT;
    listed.bytes = changetype<Record>(address).keyBytes;
  } else {
    const group = changetype<Group>(address);
    closeGroup(group);
    listed.start = address + KEY_AT;
    listed.bytes = group.keyBytes;
  }
  listed.prefix = prefixAt(listed.start, listed.bytes);
}
