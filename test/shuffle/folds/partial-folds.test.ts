import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combinerFold, reducerFold } from '../../../src/shuffle/folds/builtins.ts';
import { anyValues, numbers } from './any-values.ts';
import { foldValues, sortedValues, type Value } from './fold-values.ts';

/**
 * A combiner may see any part of the values, and what it left of them again. Where neither order
 * nor number of values matters parts may also come in any order.
 */

/** Which part is combined next: where it begins and how long it is, as shares of what there is. */
const steps = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 8 });

type Combine = (values: readonly Value[]) => readonly Value[];

function combineParts(
  values: readonly Value[],
  parts: readonly (readonly [number, number])[],
  combine: Combine,
): readonly Value[] {
  let left = values;
  for (const [from, length] of parts) {
    const start = from % left.length;
    const end = start + 1 + (length % (left.length - start));
    left = [...left.slice(0, start), ...combine(left.slice(start, end)), ...left.slice(end)];
  }
  return left;
}

describe.each(['min', 'max'] as const)('%s', (name) => {
  it('gives the same however its values are combined, in whatever order', () => {
    const combine: Combine = (values) => foldValues(combinerFold(name), values);
    fc.assert(
      fc.property(anyValues, steps, fc.nat(), (values, parts, turn) => {
        const left = combineParts(values, parts, combine);
        const turned = [...left.slice(turn % left.length), ...left.slice(0, turn % left.length)];
        const expected = foldValues(reducerFold(name), values);
        expect(foldValues(reducerFold(name, name), turned)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps at most two of the values that it was given, in byte order', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const kept = foldValues(combinerFold(name), values);
        expect(kept.length === 1 || kept.length === 2).toBe(true);
        expect(values).toEqual(expect.arrayContaining([...kept]));
        expect(kept).toEqual(sortedValues(kept));
        expect(new Set(kept).size).toBe(kept.length);
      }),
      { numRuns: 1000 },
    );
  });
});

it('first gives the same however its values are combined', () => {
  const combine: Combine = (values) => foldValues(combinerFold('first'), values);
  fc.assert(
    fc.property(anyValues, steps, (values, parts) => {
      const left = combineParts(values, parts, combine);
      expect(foldValues(reducerFold('first', 'first'), left)).toEqual(values.slice(0, 1));
    }),
    { numRuns: 2000 },
  );
});

it.each(['distinct', 'min', 'max'] as const)(
  'distinct gives the same to %s however its values are combined',
  (reducer) => {
    const combine: Combine = (values) => foldValues(combinerFold('distinct'), sortedValues(values));
    fc.assert(
      fc.property(anyValues, steps, (values, parts) => {
        const left = sortedValues(combineParts(values, parts, combine));
        const expected = foldValues(reducerFold(reducer), sortedValues(values));
        expect(foldValues(reducerFold(reducer, 'distinct'), left)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  },
);

it('sum gives the same however its values are combined', () => {
  const combine: Combine = (values) => foldValues(combinerFold('sum'), values);
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1, maxLength: 12 }), steps, (values, parts) => {
      const left = combineParts(values, parts, combine);
      const expected = foldValues(reducerFold('sum'), values);
      expect(foldValues(reducerFold('sum', 'sum'), left)).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

it('count gives the same however its values are cut into parts, each of them counted', () => {
  fc.assert(
    fc.property(anyValues, fc.array(fc.nat(1000), { maxLength: 4 }), (values, cuts) => {
      const ends = [...cuts.map((cut) => cut % values.length), values.length];
      const edges = [...new Set(ends)].toSorted((a, b) => a - b).filter((end) => end > 0);
      const counts = edges.flatMap((end, index) =>
        foldValues(combinerFold('count'), values.slice(edges[index - 1] ?? 0, end)),
      );
      const expected = [String(values.length)];
      expect(foldValues(reducerFold('count'), values)).toEqual(expected);
      expect(foldValues(reducerFold('count', 'count'), counts)).toEqual(expected);
      expect(foldValues(reducerFold('sum', 'count'), counts)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});
