import type { GroupSink } from './group-cursor.ts';
import type { RunWriter } from './run-writer.ts';
import { type BatchMemory, ValueBatch } from './value-batch.ts';

/**
 * Writes groups whose values come in any order to a run in which values are sorted: what a combiner
 * program writes for a key need not be sorted, even if what it was given was.
 *
 * The values of a key are collected and sorted. When there is no room for more of them, what is there
 * is written, and the key goes on in a new segment, which may begin with any value again: the merge
 * brings the segments of a key together, however many there are.
 */
export class SortedGroups implements GroupSink {
  readonly #run: RunWriter;
  readonly #batch: ValueBatch;
  #key: Uint8Array = new Uint8Array();
  #keyStart = 0;
  #keyEnd = 0;
  /** Whether the key has values in the segment at hand, which further ones might come before. */
  #isBegun = false;

  constructor(run: RunWriter, memory: BatchMemory) {
    this.#run = run;
    this.#batch = new ValueBatch(memory);
  }

  /** The bytes of the key must stay as they are until {@link endGroup}. */
  beginGroup(key: Uint8Array, start: number, end: number): void {
    this.#key = key;
    this.#keyStart = start;
    this.#keyEnd = end;
    this.#isBegun = false;
  }

  value(bytes: Uint8Array, start: number, end: number, times: number): void {
    if (this.#add(bytes, start, end - start, times)) return;
    // Larger than the whole memory: a batch of its own.
    this.#beginInRun();
    this.#run.value(bytes, start, end, times);
  }

  bare(times: number): void {
    this.#add(this.#key, 0, -1, times);
  }

  /** Every group has a value at least. */
  endGroup(): void {
    this.#writeBatch();
    this.#run.endGroup();
  }

  #add(bytes: Uint8Array, start: number, length: number, times: number): boolean {
    if (this.#batch.add(bytes, start, length, times)) return true;
    this.#writeBatch();
    return this.#batch.add(bytes, start, length, times);
  }

  #writeBatch(): void {
    if (this.#batch.isEmpty) return;
    this.#beginInRun();
    this.#batch.giveTo(this.#run);
  }

  #beginInRun(): void {
    if (this.#isBegun) {
      this.#run.endGroup();
      this.#run.continueInNewSegment();
    }
    this.#isBegun = true;
    this.#run.beginGroup(this.#key, this.#keyStart, this.#keyEnd);
  }
}
