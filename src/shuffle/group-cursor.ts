/**
 * A walk over sorted groups, shared by the group table and the merge. The fields say where the
 * current key and value lie; they are valid until the next call.
 */
export interface GroupCursor {
  readonly keyBytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueBytes: Uint8Array;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** True when the record had no separator, hence no value at all. */
  readonly isBare: boolean;
  /** How many times in a row this value came. */
  readonly times: number;
  /** Moves to the next key. To be called when {@link nextItem} has said false, or at the start. */
  nextGroup(): boolean;
  /** Moves to the next value of the key. False at the end of the group. */
  nextItem(): boolean;
}

/** Takes the values of the key at hand: a run being written, or lines for a program. */
export interface ValueSink {
  value(bytes: Uint8Array, start: number, end: number, times: number): void;
  /** A record without separator: the key alone. */
  bare(times: number): void;
}

/** Takes groups, keys ascending: `beginGroup`, one value or more, `endGroup`. */
export interface GroupSink extends ValueSink {
  beginGroup(key: Uint8Array, start: number, end: number): void;
  endGroup(): void;
}
