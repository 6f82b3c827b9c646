import { copyBytes } from './copy-bytes.ts';
import type { GroupCursor } from './group-cursor.ts';
import type { Merge } from './merge.ts';

/** Where a view has what, in bytes; see assembly/merge-cursor.ts. */
const KEY_AT = 8;
const KEY_BYTES_AT = 12;
const VALUE_AT = 16;
const VALUE_BYTES_AT = 20;
const IS_BARE_AT = 24;

/** Walks the groups of a merge, one value at a time. */
export class MergeCursor implements GroupCursor {
  /** A copy of the current key: the merge may move on to its next key while the group still lasts. */
  keyBytes = new Uint8Array(256);
  readonly keyStart = 0;
  keyEnd = 0;
  valueBytes: Uint8Array = this.keyBytes;
  valueStart = 0;
  valueEnd = 0;
  isBare = false;
  times = 0;
  readonly #merge: Merge;
  readonly #view: number;

  constructor(merge: Merge) {
    this.#merge = merge;
    this.#view = merge.memory.kernel.cursorView();
  }

  nextGroup(): boolean {
    const { memory } = this.#merge;
    if (memory.kernel.cursorNextGroup() === 0) return false;
    const key = memory.wordAt(this.#view + KEY_AT);
    const length = memory.wordAt(this.#view + KEY_BYTES_AT);
    if (length > this.keyBytes.length) this.keyBytes = new Uint8Array(length);
    copyBytes(memory.bytes, key, key + length, this.keyBytes, 0);
    this.keyEnd = length;
    return true;
  }

  nextItem(): boolean {
    const { memory } = this.#merge;
    if (memory.kernel.cursorNextItem() === 0) return false;
    const view = this.#view;
    this.valueBytes = memory.bytes;
    this.valueStart = memory.wordAt(view + VALUE_AT);
    this.isBare = memory.wordAt(view + IS_BARE_AT) === 1;
    this.valueEnd = this.valueStart + (this.isBare ? 0 : memory.wordAt(view + VALUE_BYTES_AT));
    this.times = memory.doubleAt(view);
    return true;
  }
}
