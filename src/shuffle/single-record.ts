import type { GroupCursor } from './group-cursor.ts';

/** A walk over one record that is in no table. */
export class SingleRecord implements GroupCursor {
  readonly keyBytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueBytes: Uint8Array;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly isBare: boolean;
  readonly times = 1;
  #groupsLeft = 1;
  #itemsLeft = 1;

  /** The record `bytes[start, lineEnd)`, cut as a {@link KeyFinder} says. */
  constructor(
    bytes: Uint8Array,
    start: number,
    keyEnd: number,
    valueStart: number,
    lineEnd: number,
  ) {
    this.keyBytes = bytes;
    this.keyStart = start;
    this.keyEnd = keyEnd;
    this.valueBytes = bytes;
    this.isBare = keyEnd === lineEnd;
    this.valueStart = Math.min(valueStart, lineEnd);
    this.valueEnd = lineEnd;
  }

  nextGroup(): boolean {
    return this.#groupsLeft-- > 0;
  }

  nextItem(): boolean {
    return this.#itemsLeft-- > 0;
  }
}
