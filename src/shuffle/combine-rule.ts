import type { Combiner } from './combiner.ts';

/** Fewer records than this say nothing about those to come. */
export const TELLING_RECORDS = 1000;
/** A share of records left, or of distinct keys, from which on combining or grouping is no gain. */
export const HARDLY_LESS = 0.8;
/** Every so many segments a combiner that was skipped is tried again: later data may be other. */
const SEGMENTS_PER_LOOK = 8;

/** Records that went through a combiner, what it made of them, and records written past it. */
export interface CombinedRecords {
  readonly combineInputRecords: number;
  readonly combineOutputRecords: number;
  readonly combineSkippedRecords: number;
}

/**
 * Whether the next segment of a map task goes through its combiner, and what became of those before.
 *
 * A combiner may run 0, 1 or many times for a key, so one that does not shrink the data is skipped:
 * when keys hardly repeat, or when the last segment it was given stayed above {@link HARDLY_LESS} of
 * its records. The built-in `count` always runs: the reducer adds counts and cannot tell a count
 * from a value that was not counted.
 */
export class CombineRule {
  readonly #mustRun: boolean;
  readonly #exists: boolean;
  #shrinks = true;
  #skippedSegments = 0;
  #inputRecords = 0;
  #outputRecords = 0;
  #skippedRecords = 0;

  constructor(combiner: Combiner | undefined) {
    this.#exists = combiner !== undefined;
    this.#mustRun = combiner?.type === 'builtin' && combiner.name === 'count';
  }

  get totals(): CombinedRecords {
    return {
      combineInputRecords: this.#inputRecords,
      combineOutputRecords: this.#outputRecords,
      combineSkippedRecords: this.#skippedRecords,
    };
  }

  /** Asked once for each segment; `hardlyRepeats` when keys were found not worth grouping. */
  combinesNext(hardlyRepeats: boolean): boolean {
    if (!this.#exists) return false;
    if (this.#mustRun) return true;
    if (hardlyRepeats) return false;
    if (this.#shrinks) return true;
    this.#skippedSegments++;
    return this.#skippedSegments % SEGMENTS_PER_LOOK === 0;
  }

  /** A segment of so many records went through the combiner. */
  combined(inputRecords: number, outputRecords: number): void {
    this.#inputRecords += inputRecords;
    this.#outputRecords += outputRecords;
    if (inputRecords < TELLING_RECORDS) return;
    this.#shrinks = outputRecords <= inputRecords * HARDLY_LESS;
  }

  /** So many records were written past the combiner, if there is one. */
  skipped(records: number): void {
    if (this.#exists) this.#skippedRecords += records;
  }
}
