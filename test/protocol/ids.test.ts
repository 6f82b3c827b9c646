import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  attemptKey,
  attemptName,
  jobName,
  parseTaskName,
  partName,
  taskName,
} from '../../src/protocol/index.ts';

test('names are padded so that lists sort', () => {
  expect(jobName(7)).toBe('job-0007');
  expect(taskName({ stage: 'map', task_index: 12 })).toBe('map-00012');
  const attempt = { job_id: 7, stage: 'reduce', task_index: 3, attempt: 1 } as const;
  expect(attemptName(attempt)).toBe('reduce-00003.1');
  expect(attemptKey(attempt)).toBe('job-0007/reduce-00003.1');
});

test('the name of any attempt is read back', () => {
  const attempts = fc.record({
    stage: fc.constantFrom('map', 'reduce'),
    task_index: fc.nat(999_999_999),
    attempt: fc.integer({ min: 1, max: 999_999_999 }),
  });
  fc.assert(
    fc.property(attempts, (attempt) => {
      expect(parseTaskName(attemptName(attempt))).toEqual(attempt);
      expect(parseTaskName(taskName(attempt))).toEqual({ ...attempt, attempt: undefined });
    }),
  );
});

test.each(['map', 'map-', 'map-1.', 'maps-1', 'map-1.2.3', 'map-1 ', 'job-0007', 'map-9999999999'])(
  '%s names no task',
  (name) => {
    expect(parseTaskName(name)).toBeUndefined();
  },
);

test('parts sort by name however many there are', () => {
  expect(partName(12, 100)).toBe('part-00012');
  expect(partName(99_999, 100_000)).toBe('part-99999');
  expect(partName(7, 100_001)).toBe('part-000007');
});
