import { assert } from '../../runtime/assert.ts';
import { compareBytes } from '../compare-bytes.ts';
import type { ValueSink } from '../group-cursor.ts';
import type { Fold } from './fold.ts';

/**
 * Each different value of a key once. Values must come in byte order, a record without a value
 * first, so that the last one is all there is to remember.
 */
export function distinct(sink: ValueSink): Fold {
  return new DistinctFold(sink);
}

class DistinctFold implements Fold {
  readonly #sink: ValueSink;
  #isBareGiven = false;
  #isValueGiven = false;
  #last = new Uint8Array(64);
  #lastLength = 0;

  constructor(sink: ValueSink) {
    this.#sink = sink;
  }

  begin(): void {
    this.#isBareGiven = false;
    this.#isValueGiven = false;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isValueGiven) {
      const order = compareBytes(this.#last, 0, this.#lastLength, bytes, start, end);
      assert(order <= 0, 'distinct was given values out of order');
      if (order === 0) return;
    }
    this.#isValueGiven = true;
    this.#lastLength = end - start;
    if (this.#lastLength > this.#last.length) this.#last = new Uint8Array(this.#lastLength);
    this.#last.set(bytes.subarray(start, end));
    this.#sink.value(bytes, start, end, 1);
  }

  addBare(): void {
    assert(!this.#isValueGiven, 'distinct was given a record without a value after one with');
    if (!this.#isBareGiven) this.#sink.bare(1);
    this.#isBareGiven = true;
  }

  finish(): void {
    // Every value was given when it came.
  }
}
