import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeSize, parseSize, printSize } from '../../src/runtime/sizes.ts';

test.each([
  ['64M', 64 * 1024 * 1024],
  ['64MiB', 64 * 1024 * 1024],
  ['64MB', 64_000_000],
  ['64mb', 64_000_000],
  ['1500', 1500],
  ['1500B', 1500],
  ['0', 0],
  ['1.5K', 1536],
  ['2 G', 2 * 1024 ** 3],
  ['1T', 1024 ** 4],
])('%s is %i bytes', (text, bytes) => {
  expect(parseSize(text, '--split-size')).toBe(bytes);
});

test.each(['', 'M', '-1', '64Q', '6 4', '1e3', '0x10', '64MM', 'NaN'])('%j is refused', (text) => {
  expect(() => parseSize(text, '--split-size')).toThrow(
    `Cannot use size "${text}" for --split-size: use bytes, or a unit as in 64K, 64M, 64MB, 1G`,
  );
});

test('a size past exact integers is refused', () => {
  expect(() => parseSize('9000000P', '--split-size')).toThrow('it is too large');
});

test('what is printed reads back to the same number', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      expect(parseSize(printSize(bytes), 'x')).toBe(bytes);
    }),
  );
  expect(printSize(64 * 1024 * 1024)).toBe('64M');
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '0.977 KiB'],
  [1500, '1.46 KiB'],
  [64 * 1024 * 1024, '64 MiB'],
  [1024 ** 3 - 1, '1 GiB'],
])('%i bytes are described as %s', (bytes, text) => {
  expect(describeSize(bytes)).toBe(text);
});
