import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestGap, median } from '../../bench/statistics.ts';

describe('median', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('has as many numbers below as above, in any order', () => {
    const numbers = fc.array(fc.integer(), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(numbers, (all) => {
        const middle = median(all);
        const below = all.filter((number) => number < middle).length;
        const above = all.filter((number) => number > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(all.length / 2);
      }),
    );
  });
});

describe('the longest gap', () => {
  it('is between neighbours in time, whatever the order they come in', () => {
    expect(longestGap([10, 2, 3, 9])).toBe(6);
    expect(longestGap([7])).toBe(0);
    expect(longestGap([])).toBe(0);
  });
});
