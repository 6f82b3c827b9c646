import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningMedian } from '../../../src/manager/scheduler/running-median.ts';

describe('a running median', () => {
  it('is that of the sorted numbers, to within 2 %, after every one of them', () => {
    const number = fc.oneof(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 1e15 }),
      fc.constantFrom(1000, 5000),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), (numbers) => {
        const median = new RunningMedian();
        numbers.forEach((each, index) => {
          median.add(each);
          const sorted = numbers.slice(0, index + 1).toSorted((a, b) => a - b);
          const exact = sorted[index >> 1] ?? 0;
          expect(median.value).toBeGreaterThan(exact / 1.02);
          expect(median.value).toBeLessThan(exact * 1.02);
        });
        expect(median.count).toBe(numbers.length);
      }),
    );
  });

  it('takes what is below 1 for 1, and is 0 of nothing', () => {
    const median = new RunningMedian();
    expect(median.value).toBe(0);
    for (const each of [0, 0.2, -5]) median.add(each);
    expect(median.value).toBe(1);
  });
});
