import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleSplitBytes, sampleTasks } from '../../../src/manager/planner/sample-tasks.ts';

const MIB = 1024 * 1024;

describe('a sample of tasks', () => {
  it('is its share of them, at least one, in order, each once, spread evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (count, percent) => {
          const tasks = Array.from({ length: count }, (_, index) => index);
          const sample = sampleTasks(tasks, percent);
          expect(sample.length).toBe(Math.max(1, Math.round((count * percent) / 100)));
          expect(sample).toEqual([...new Set(sample)].toSorted((a, b) => a - b));
          const step = count / sample.length;
          for (const [place, task] of sample.entries()) {
            expect(task).toBeGreaterThanOrEqual(Math.floor(place * step));
            expect(task).toBeLessThan((place + 1) * step);
          }
        },
      ),
    );
  });

  it('of no task is empty, and of all is all', () => {
    expect(sampleTasks([], 1)).toEqual([]);
    expect(sampleTasks(['a', 'b', 'c'], 100)).toEqual(['a', 'b', 'c']);
  });
});

describe('its splits', () => {
  it.each([
    { inputBytes: 6400 * MIB, percent: 1, slots: 2, splitBytes: 32 * MIB },
    { inputBytes: 6400 * MIB, percent: 50, slots: 2, splitBytes: 64 * MIB },
    { inputBytes: 100 * MIB, percent: 1, slots: 0, splitBytes: 1 * MIB },
    { inputBytes: 1 * MIB, percent: 1, slots: 2, splitBytes: 64 * 1024 },
  ])('of $percent % on $slots slots are small enough', ({ splitBytes, ...sample }) => {
    expect(sampleSplitBytes(64 * MIB, sample)).toBe(splitBytes);
  });
});
