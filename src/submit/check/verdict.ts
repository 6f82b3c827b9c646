import type { JobReport } from '../../protocol/job-report.ts';
import type { LineDifference } from './line-difference.ts';

/** What MapReduce takes for granted of programs. */
export type Assumption =
  | 'state_across_lines'
  | 'output_differs_between_runs'
  | 'order_of_values'
  | 'state_across_keys'
  | 'combiner_changes_values'
  | 'combiner_not_associative'
  | 'combiner_not_repeatable'
  | 'programs_together';

export type Culprit = 'mapper' | 'reducer' | 'combiner' | 'job';

/** One assumption that one program breaks, and how that was seen. */
export interface Finding {
  readonly culprit: Culprit;
  readonly assumption: Assumption;
  /** Names of the two runs that should have written the same. */
  readonly runs: readonly [string, string];
  readonly difference: LineDifference | undefined;
  /** Of the second run, where that failed instead. */
  readonly failure: JobReport | undefined;
}

/** What was not looked at, and why. */
export interface Unchecked {
  readonly culprit: Culprit;
  readonly what: string;
  readonly because: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly Unchecked[];
  /** Worth knowing, and nothing wrong. */
  readonly notes: readonly string[];
}

/** Nothing to say. */
export const SOUND: Verdict = { findings: [], unchecked: [], notes: [] };
