import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeTime, parseTime, printTime } from '../../src/runtime/times.ts';

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['30d', 2_592_000_000],
  ['250ms', 250],
  ['1.5s', 1_500],
  ['0', 0],
])('%s is %i milliseconds', (text, timeMs) => {
  expect(parseTime(text, '--task-timeout')).toBe(timeMs);
});

test.each(['', 's', '-1', '10 minutes', '5x', '1e3'])('%j is refused', (text) => {
  expect(() => parseTime(text, '--task-timeout')).toThrow(
    `Cannot use time "${text}" for --task-timeout: use 90, 90s, 10m or 2h`,
  );
});

test('what is printed reads back to the same time', () => {
  fc.assert(
    fc.property(fc.nat(), (timeMs) => {
      expect(parseTime(printTime(timeMs), 'x')).toBe(timeMs);
    }),
  );
  expect(printTime(600_000)).toBe('10m');
});

test.each([
  [350, '0.35 s'],
  [12_340, '12.3 s'],
  [59_960, '1 min'],
  [125_000, '2 min 5 s'],
  [11_400_000, '3 h 10 min'],
  [360_000_000, '4 d 4 h'],
])('%i milliseconds are described as %s', (timeMs, text) => {
  expect(describeTime(timeMs)).toBe(text);
});
