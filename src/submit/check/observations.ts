import type { JobReport } from '../../protocol/job-report.ts';
import type { Lines } from './line-difference.ts';
import type { RecordFacts } from './records.ts';

/** How one trial ended. */
export type Ran = Written | Failed;

export interface Written {
  readonly outcome: 'written';
  readonly lines: Lines;
  /** Map tasks that it was cut into. */
  readonly splits: number;
}

export interface Failed {
  readonly outcome: 'failed';
  readonly report: JobReport;
}

/** What was seen of a job's programs on the sample. */
export interface Observations {
  readonly sampleLines: number;
  readonly map: MapObservations;
  /** Undefined for a map-only job. */
  readonly reduce: ReduceObservations | undefined;
  /** Undefined without a combiner. */
  readonly combine: CombineObservations | undefined;
  /** All programs together, on many splits and for many reducers. */
  readonly together: Ran | undefined;
}

export interface MapObservations {
  /** Every file of the sample read by one process. */
  readonly whole: Lines;
  /** The same once more, later. */
  readonly again: Ran;
  readonly cut: Ran;
  /** The reducer's output from both in sorted order, when what the mapper wrote differs. */
  readonly reduced: Reduced | undefined;
}

export interface Reduced {
  readonly whole: Ran;
  readonly cut: Ran;
}

/** Of the reducer alone: always from the same map output. */
export interface ReduceObservations {
  readonly facts: RecordFacts;
  /** What one process wrote that read everything. */
  readonly reference: Lines;
  /** The same once more, later. */
  readonly again: Ran;
  readonly apart: Ran;
  /** Of `apart`. */
  readonly reducers: number;
  /** Values in other orders; undefined with `--sort-values`. */
  readonly reordered: readonly Ran[] | undefined;
}

/** Of the combiner with the reducer after it, from the reducer's map output. */
export interface CombineObservations {
  /** All values of a key in one go. */
  readonly whole: Ran;
  /** In many splits, so for shares of a key's values. */
  readonly cut: Ran;
  /** Undefined for a built-in, which is known to do these right. */
  readonly program: CombinerProgramObservations | undefined;
}

export interface CombinerProgramObservations {
  /** What the combiner itself writes in many splits. */
  readonly output: Ran;
  /** The same once more, later. */
  readonly again: Ran;
  /** The result when it also reads its own output; undefined when there was none. */
  readonly twice: Ran | undefined;
}
