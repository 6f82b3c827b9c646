import type { Lines } from '../../../src/submit/check/line-difference.ts';
import { type Program, ProgramFailure, type Programs } from './simulated-laboratory.ts';

/** Programs as functions: right ones, and one for every way to be wrong. */

/** `word<TAB>length` for every word. */
export const words: Program = (lines) =>
  lines.flatMap((line) => line.split(' ').map((word) => `${word}\t${String(word.length)}`));

/** Runs `fold` on the numbers of every key; the key and what it gives is a line. */
function each(fold: (values: readonly string[]) => string | number): Program {
  return (lines) => {
    const groups = new Map<string, string[]>();
    for (const line of lines) {
      const [key = '', value = ''] = line.split('\t');
      groups.set(key, [...(groups.get(key) ?? []), value]);
    }
    return [...groups].map(([key, values]) => `${key}\t${String(fold(values))}`);
  };
}

const total = (values: readonly string[]): number => values.reduce((sum, value) => sum + +value, 0);
export const sum = each(total);
export const mean = each((values) => total(values) / values.length);
const max = each((values) => Math.max(...values.map(Number)));
const first = each(([value = '']) => value);
export const list = each((values) => values.join(','));
const sortedList = each((values) => values.toSorted().join(','));

/** Different values for the same key, whatever the order: `word<TAB>number of its line`. */
const positions: Program = (lines) =>
  lines.flatMap((line) =>
    words([line]).map((word) => `${word.split('\t')[0] ?? ''}\t${String(line.length)}`),
  );

/** Adds up inside the mapper, which is good practice. */
const localSums: Program = (lines) => sum(words(lines));

export const numbered: Program = (lines) => lines.map((line, index) => `${String(index)}\t${line}`);
export const withoutHeader: Program = (lines) => positions(lines.slice(1));

const runningTotal: Program = (lines) => {
  let running = 0;
  return sum(lines).map((line) => {
    running += Number(line.split('\t')[1]);
    return `${line.split('\t')[0] ?? ''}\t${String(running)}`;
  });
};
const grandTotal: Program = (lines) => [
  ...sum(lines),
  `all\t${String(total(lines.map((line) => line.split('\t')[1] ?? '')))}`,
];

/** Counts its calls, so that no two runs write the same. */
function counting(): Program {
  let run = 0;
  return (lines) => {
    run += 1;
    return lines.map((line) => `${line}\t${String(run)}`);
  };
}

/** Fails on what is not a number. */
const strictSum = each((values) => {
  if (values.some((value) => Number.isNaN(Number(value)))) throw new ProgramFailure();
  return total(values);
});
const labelled = each(
  (values) => `sum=${String(total(values.map((value) => value.replace('sum=', ''))))}`,
);
/** Forgets what was combined before: right the first time. */
const size = each((values) => values.length);
/** Ones and zeroes: a count is their sum. */
const ones: Program = (lines) => words(lines).map((line) => `${line.split('\t')[0] ?? ''}\t1`);

/** A mapper that leaves some lines to chance never comes back with the same order, which is fine. */
function unordered(): Program {
  let run = 0;
  return (lines) => {
    run += 1;
    return run % 2 === 0 ? words(lines) : words(lines).toReversed();
  };
}

export const RIGHT: Readonly<Record<string, () => Programs>> = {
  'a sum': () => ({ mapper: words, reducer: sum }),
  'a sum with a combiner': () => ({ mapper: words, combiner: sum, reducer: sum }),
  'a mean of all values': () => ({ mapper: words, reducer: mean }),
  'a maximum with a combiner': () => ({ mapper: positions, combiner: max, reducer: max }),
  'a list that the reducer sorts': () => ({ mapper: positions, reducer: sortedList }),
  'a mapper that adds up by itself': () => ({ mapper: localSums, combiner: sum, reducer: sum }),
  'a mapper whose output is a set': () => ({ mapper: unordered(), reducer: sum }),
  'a map-only job': () => ({ mapper: words }),
};

interface Wrong {
  readonly programs: () => Programs;
  /** `culprit: assumption` */
  readonly finding: string;
}

export const WRONG: Readonly<Record<string, Wrong>> = {
  'a mapper that numbers lines': {
    programs: () => ({ mapper: numbered, reducer: sortedList }),
    finding: 'mapper: state_across_lines',
  },
  'a map-only mapper that numbers lines': {
    programs: () => ({ mapper: numbered }),
    finding: 'mapper: state_across_lines',
  },
  'a mapper that takes its first line for a header': {
    programs: () => ({ mapper: withoutHeader, reducer: sum }),
    finding: 'mapper: state_across_lines',
  },
  'a mapper that fails without a header': {
    programs: () => ({
      mapper: (lines: Lines) => {
        if (lines[0]?.startsWith('0 ') === false) throw new ProgramFailure();
        return words(lines);
      },
      reducer: sum,
    }),
    finding: 'mapper: state_across_lines',
  },
  'a mapper that writes something else each time': {
    programs: () => ({ mapper: counting(), combiner: sum, reducer: sum }),
    finding: 'mapper: output_differs_between_runs',
  },
  'a reducer that writes something else each time': {
    programs: () => ({ mapper: words, reducer: counting() }),
    finding: 'reducer: output_differs_between_runs',
  },
  'a reducer that takes the first value': {
    programs: () => ({ mapper: positions, reducer: first }),
    finding: 'reducer: order_of_values',
  },
  'a reducer that carries a total from key to key': {
    programs: () => ({ mapper: words, combiner: sum, reducer: runningTotal }),
    finding: 'reducer: state_across_keys',
  },
  'a reducer that ends with a total of all keys': {
    programs: () => ({ mapper: words, reducer: grandTotal }),
    finding: 'reducer: state_across_keys',
  },
  'a mean of means': {
    programs: () => ({ mapper: positions, combiner: mean, reducer: mean }),
    finding: 'combiner: combiner_not_associative',
  },
  'a combiner that writes another form': {
    programs: () => ({ mapper: words, combiner: labelled, reducer: sum }),
    finding: 'combiner: combiner_changes_values',
  },
  'a combiner after which the reducer fails': {
    programs: () => ({ mapper: words, combiner: labelled, reducer: strictSum }),
    finding: 'combiner: combiner_changes_values',
  },
  'a combiner that counts what was counted': {
    programs: () => ({ mapper: ones, combiner: size, reducer: sum }),
    finding: 'combiner: combiner_not_repeatable',
  },
  'a combiner that writes something else each time': {
    programs: () => ({ mapper: words, combiner: counting(), reducer: first }),
    finding: 'combiner: output_differs_between_runs',
  },
};
