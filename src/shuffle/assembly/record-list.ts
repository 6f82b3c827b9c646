import { Sortable, SORTABLE_BYTES } from './byte-sort';
import { copyShort } from './bytes';
import { noteLength } from './group';
import { keyBytes, lineEnd, separatorBytes, valueBytes } from './line-cut';
import { floor, hasRoom, lowerFloor, roomEnd, take } from './table-room';

/*
 * Records as they come, for keys that hardly repeat: looking each up would cost more than it spares.
 * The list of them grows down from the end of the room.
 */

/** A record: these fields, then its line as it came, without the newline. */
@unmanaged
export class Record {
  keyBytes: usize;
  /** See `NO_VALUE`. */
  valueBytes: i32;
}

/** From the start of a record to its line, hence its key. */
export const LINE_AT: usize = offsetof<Record>();

/** Adds the record that was cut last, with its key at `at`. False when there is no room for it. */
export function addRecord(at: usize, partition: u32): bool {
  const lineBytes = lineEnd - at;
  if (!hasRoom(LINE_AT + lineBytes + 16 + SORTABLE_BYTES)) return false;
  const address = take(LINE_AT + lineBytes);
  const record = changetype<Record>(address);
  record.keyBytes = keyBytes;
  record.valueBytes = valueBytes;
  copyShort(address + LINE_AT, at, lineBytes);
  noteLength(keyBytes);
  noteLength(<usize>max(valueBytes, 0));
  lowerFloor(floor - SORTABLE_BYTES);
  const listed = changetype<Sortable>(floor);
  listed.prefix = u64(partition);
  listed.start = address;
  return true;
}

/** The list as `takeGroupList` gives it: for each record its partition and its address. */
export function recordList(): usize {
  return floor;
}

export function listedRecords(): u32 {
  return u32((roomEnd() - floor) / SORTABLE_BYTES);
}

/** Where the value of a record begins, if it has one. */
export function valueOf(record: Record): usize {
  return changetype<usize>(record) + LINE_AT + record.keyBytes + separatorBytes;
}
