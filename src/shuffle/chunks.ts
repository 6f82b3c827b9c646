import type { Fold, FoldFactory } from './folds/fold.ts';
import type { GroupCursor, ValueSink } from './group-cursor.ts';
import { LineBuffer } from './line-buffer.ts';

/**
 * Lines as successive chunks, about 256 KiB each; a chunk may end within a long line. A chunk is valid
 * until the next call; undefined is the good end.
 */
export interface Chunks {
  /** Bytes handed out so far. */
  readonly bytes: number;
  next(): Uint8Array | undefined;
}

/** The groups of a cursor as lines `key separator value`, every value as often as it came. */
export class CursorLines implements Chunks {
  readonly #cursor: GroupCursor;
  readonly #lines: LineBuffer;
  #isInGroup = false;

  constructor(cursor: GroupCursor, separator: Uint8Array) {
    this.#cursor = cursor;
    this.#lines = new LineBuffer(separator);
  }

  get bytes(): number {
    return this.#lines.bytes;
  }

  next(): Uint8Array | undefined {
    this.#lines.restart();
    while (!this.#lines.isFull) {
      if (this.#isInGroup && this.#cursor.nextItem()) this.#addItem();
      else if (this.#cursor.nextGroup()) this.#isInGroup = true;
      else break;
    }
    return this.#lines.take();
  }

  #addItem(): void {
    const cursor = this.#cursor;
    if (cursor.isBare) {
      this.#lines.addBare(cursor, cursor.times);
    } else {
      const { valueBytes, valueStart, valueEnd, times } = cursor;
      this.#lines.add(cursor, valueBytes, valueStart, valueEnd, times);
    }
  }
}

/** The groups of a cursor folded by a built-in, as lines. */
export class FoldedLines implements Chunks {
  readonly #cursor: GroupCursor;
  readonly #lines: LineBuffer;
  readonly #fold: Fold;
  #isInGroup = false;

  constructor(cursor: GroupCursor, separator: Uint8Array, makeFold: FoldFactory) {
    const lines = new LineBuffer(separator);
    this.#cursor = cursor;
    this.#lines = lines;
    const sink: ValueSink = {
      value: (bytes, start, end, times) => lines.add(cursor, bytes, start, end, times),
      bare: (times) => lines.addBare(cursor, times),
    };
    this.#fold = makeFold(sink, separator);
  }

  get bytes(): number {
    return this.#lines.bytes;
  }

  next(): Uint8Array | undefined {
    this.#lines.restart();
    while (!this.#lines.isFull && this.#step());
    return this.#lines.take();
  }

  /** One group begun, one value added or one group finished. False at the end. */
  #step(): boolean {
    const cursor = this.#cursor;
    if (!this.#isInGroup) {
      this.#isInGroup = cursor.nextGroup();
      if (this.#isInGroup) this.#fold.begin(cursor.keyBytes, cursor.keyStart, cursor.keyEnd);
      return this.#isInGroup;
    }
    if (cursor.nextItem()) {
      addItem(this.#fold, cursor);
      return true;
    }
    this.#isInGroup = false;
    this.#fold.finish();
    return true;
  }
}

/** Gives the cursor's current value to a fold. */
export function addItem(fold: Fold, cursor: GroupCursor): void {
  if (cursor.isBare) fold.addBare(cursor.times);
  else fold.add(cursor.valueBytes, cursor.valueStart, cursor.valueEnd, cursor.times);
}
