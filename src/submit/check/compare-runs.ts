import {
  differenceOf,
  kindOfDifference,
  type LineDifference,
  type Lines,
} from './line-difference.ts';
import type { Ran } from './observations.ts';
import type { Finding } from './verdict.ts';

/** Whether a run wrote what another did. */
export interface Comparison {
  readonly equal: 'yes' | 'but_for_rounding' | 'no';
  /** Undefined when they are equal, or the second run failed. */
  readonly difference: LineDifference | undefined;
}

export function compareRuns(reference: Lines, ran: Ran): Comparison {
  if (ran.outcome === 'failed') return { equal: 'no', difference: undefined };
  const difference = differenceOf(reference, ran.lines);
  if (difference === undefined) return { equal: 'yes', difference };
  const rounding = kindOfDifference(difference) === 'rounding';
  return { equal: rounding ? 'but_for_rounding' : 'no', difference };
}

/** A run that should have written what the reference did, and what it means if it did not. */
export interface Expectation extends Pick<Finding, 'culprit' | 'assumption' | 'runs'> {
  readonly reference: Lines;
  readonly ran: Ran;
  /** Whether digits that rounding changes are no difference. */
  readonly forgiveRounding?: boolean;
}

/** What breaks an expectation, if anything does. */
export function brokenBy(expectation: Expectation): Finding | undefined {
  const { culprit, assumption, runs, reference, ran, forgiveRounding = false } = expectation;
  const { equal, difference } = compareRuns(reference, ran);
  if (equal === 'yes' || (forgiveRounding && equal === 'but_for_rounding')) return undefined;
  const failure = ran.outcome === 'failed' ? ran.report : undefined;
  return { culprit, assumption, runs, difference, failure };
}

/** What breaks the assumption that a program writes the same each time. */
export function instabilityOf(
  culprit: Finding['culprit'],
  reference: Lines,
  again: Ran,
): Finding | undefined {
  return brokenBy({
    culprit,
    assumption: 'output_differs_between_runs',
    runs: ['one run', 'another run'],
    reference,
    ran: again,
  });
}

/** Why the rest is left open then. */
export const UNSTABLE = 'its output differs between runs anyhow';
