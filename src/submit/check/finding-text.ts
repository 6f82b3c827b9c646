import type { Assumption } from './verdict.ts';

/** How a broken assumption is told. */
export interface AssumptionText {
  /** `state across lines` */
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly meaning: string;
  /** What to do about it. */
  readonly mend: string;
}

export const ASSUMPTIONS: Readonly<Record<Assumption, AssumptionText>> = {
  state_across_lines: {
    name: 'state across lines',
    meaning:
      'What the mapper writes for a line depends on other lines, but its input may be cut after any line',
    mend: 'Let every line stand for itself: no running numbers, no header, nothing remembered from line to line',
  },
  output_differs_between_runs: {
    name: 'output differs between runs',
    meaning: 'The same input gives another output, but a task may run more than once',
    mend: 'Leave out random numbers (or seed them from the input), times, process ids and names of attempts',
  },
  order_of_values: {
    name: 'order of values',
    meaning:
      'The result depends on the order of the values of a key, which is that of the input and of how it is cut',
    mend: 'Sort the values in the reducer or with --sort-values, or use all of them alike',
  },
  state_across_keys: {
    name: 'state across keys',
    meaning:
      'What the reducer writes for a key depends on other keys, but each reducer sees only some of the keys',
    mend: 'Start afresh with every key; for a total over all keys run a second job that gives them one key',
  },
  combiner_changes_values: {
    name: 'the combiner changes the result',
    meaning: 'The reducer does not get from combined values what it gets from all of them',
    mend: 'Let the combiner write values of the form that it reads, and do only a part of what the reducer does',
  },
  combiner_not_associative: {
    name: 'the combiner is not associative',
    meaning:
      'Combining shares of the values gives another result than combining all, as a mean of means does',
    mend: 'Combine what can be combined in any shares: for a mean, sums and counts, divided by the reducer only',
  },
  combiner_not_repeatable: {
    name: 'the combiner cannot read its own output',
    meaning: 'Combining what is combined already gives another result, but it may run many times',
    mend: 'Let the combiner write values of the form that it reads; a count must add up counts, not lines',
  },
  programs_together: {
    name: 'the programs do not fit together',
    meaning:
      'Each program by itself keeps to the rules; together they give another result in parts',
    mend: 'Look at the lines that differ for what one program takes for granted of another',
  },
};
