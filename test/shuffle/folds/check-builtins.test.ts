import { describe, expect, it } from 'vitest';
import { BUILTIN_NAMES } from '../../../src/shuffle/folds/builtins.ts';
import { checkBuiltins } from '../../../src/shuffle/folds/check-builtins.ts';

/** A row for each combiner, a column for each reducer; the last one is a program. */
const PAIRS = `
            sum count min max first distinct identity program
  sum       yes -     -   -   -     -        -        yes
  count     yes yes   -   -   -     -        -        -
  min       -   -     yes -   -     -        -        yes
  max       -   -     -   yes -     -        -        yes
  first     -   -     -   -   yes   -        -        yes
  distinct  -   -     yes yes -     yes      -        yes
  identity  yes yes   yes yes yes   yes      yes      yes
`;

const [head = [], ...rows] = PAIRS.trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));
const pairs = rows.flatMap(([combiner = '', ...cells]) =>
  cells.map((cell, column) => ({ combiner, reducer: head[column] ?? '', allowed: cell === 'yes' })),
);

describe('a pair of combiner and reducer', () => {
  it('is in the table, whatever it is', () => {
    expect(head).toEqual([...BUILTIN_NAMES, 'program']);
    expect(rows.map(([name]) => name)).toEqual(BUILTIN_NAMES);
    expect(pairs).toHaveLength(7 * 8);
  });

  it.each(pairs)('$combiner, $reducer: $allowed', ({ combiner, reducer, allowed }) => {
    const problem = checkBuiltins({
      combiner,
      reducer: reducer === 'program' ? undefined : reducer,
    });
    if (allowed) expect(problem).toBeUndefined();
    else expect(problem).toMatch(`Cannot use the combiner "${combiner}" with`);
  });

  it('is refused with the reason and with what would do', () => {
    expect(checkBuiltins({ combiner: 'distinct', reducer: 'count' })).toBe(
      'Cannot use the combiner "distinct" with the reducer "count": it leaves each value once or a few times, so the result would depend on how the input is split; the reducer for it is "distinct" or "min" or "max"',
    );
    expect(checkBuiltins({ combiner: 'count' })).toBe(
      'Cannot use the combiner "count" with this reducer: it leaves numbers of values, which only the built-in reducer "count" or "sum" adds up',
    );
  });
});

it.each([{}, { mapper: 'identity', reducer: 'sum' }, { reducer: 'distinct' }])(
  'lets %j pass',
  (roles) => {
    expect(checkBuiltins(roles)).toBeUndefined();
  },
);

it.each([
  [{ mapper: 'sum' }, 'Cannot use the built-in "sum" as mapper'],
  [
    { reducer: 'median' },
    'Unknown built-in "median": there are sum, count, min, max, first, distinct, identity',
  ],
])('refuses %j with a reason', (roles, reason) => {
  expect(checkBuiltins(roles)).toContain(reason);
});
