import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differenceOf,
  kindOfDifference,
  type Lines,
  splitLines,
} from '../../../src/submit/check/line-difference.ts';

describe('the lines of a text', () => {
  it.each<[string, Lines]>([
    ['', []],
    ['\n', ['']],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb', ['a', '', 'b']],
    ['a\r\n\0\n', ['a\r', '\0']],
  ])('%j are %j', (text, lines) => {
    expect(splitLines(text)).toEqual(lines);
  });
});

describe('the difference of two outputs', () => {
  it('is none when only the order differs', () => {
    expect(differenceOf(['a', 'b', 'a'], ['b', 'a', 'a'])).toBeUndefined();
    expect(differenceOf([], [])).toBeUndefined();
  });

  it('holds a line as often as it is too many', () => {
    expect(differenceOf(['a', 'a', 'a', 'b'], ['c', 'a', 'b'])).toEqual({
      onlyFirst: ['a', 'a'],
      onlySecond: ['c'],
    });
  });

  it('added to the other output makes both the same', () => {
    const output = fc.array(fc.constantFrom('a', 'b', 'c', 'constructor', ''));
    fc.assert(
      fc.property(output, output, (first, second) => {
        const { onlyFirst = [], onlySecond = [] } = differenceOf(first, second) ?? {};
        const all = [...second, ...onlyFirst].toSorted();
        expect([...first, ...onlySecond].toSorted()).toEqual(all);
        expect(onlyFirst.filter((line) => onlySecond.includes(line))).toEqual([]);
      }),
    );
  });
});

describe('the kind of a difference', () => {
  it.each<[string, Lines, Lines, string]>([
    ['the last digits', ['k\t0.30000000000000004'], ['k\t0.3'], 'rounding'],
    ['an exponent', ['k\t1e-7\tx'], ['k\t1.0000000000000001E-7\tx'], 'rounding'],
    [
      'decimals beside equal numbers',
      ['2\t0.1', '3\t1.5'],
      ['2\t0.1', '3\t1.5000000000001'],
      'rounding',
    ],
    ['a whole number', ['k\t10000000000000001'], ['k\t10000000000000002'], 'other'],
    ['more than rounding', ['k\t0.3'], ['k\t0.31'], 'other'],
    ['a sign', ['k\t-0.3'], ['k\t0.3'], 'other'],
    ['another key', ['k\t0.3'], ['l\t0.30000000000000004'], 'other'],
    ['another number of numbers', ['k\t0.3'], ['k\t0.3 0.3'], 'other'],
    ['words in another order', ['k\ta,b c'], ['k\tb c,a'], 'order_in_line'],
    ['a word more', ['k\ta,b'], ['k\tb,a,a'], 'other'],
    ['another number of lines', ['k\ta,b'], ['k\tb,a', 'l'], 'other'],
  ])('is told from the lines: %s', (_what, onlyFirst, onlySecond, kind) => {
    expect(kindOfDifference({ onlyFirst, onlySecond })).toBe(kind);
  });
});
