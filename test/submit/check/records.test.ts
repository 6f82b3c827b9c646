import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../../src/shuffle/hash.ts';
import { factsOf, keyOf, reducersFor, shuffled } from '../../../src/submit/check/records.ts';

const TAB = { separator: '\t', keyFields: 1 };

describe('the key of a line', () => {
  it.each<[string, string, number, string]>([
    ['k\tv', '\t', 1, 'k'],
    ['k', '\t', 1, 'k'],
    ['\tv', '\t', 1, ''],
    ['a\tb\tc', '\t', 2, 'a\tb'],
    ['a\tb', '\t', 2, 'a\tb'],
    ['a\tb', '\t', 0, 'a\tb'],
    ['a::b::c', '::', 1, 'a'],
    ['a::b::c', '::', 2, 'a::b'],
  ])('of %j with %j and %i fields is %j', (line, separator, keyFields, key) => {
    expect(keyOf(line, { separator, keyFields })).toBe(key);
  });
});

describe('the facts of map output', () => {
  it('tell keys by what their values can show', () => {
    expect(factsOf(['a\t1', 'b\t1', 'a\t1', 'c\t1', 'c\t2'], TAB)).toEqual({
      records: 5,
      keys: 3,
      keysOfSeveral: 2,
      keysOfDifferent: 1,
    });
  });
});

describe('the number of reducers', () => {
  it('is seven, or as many as set two keys apart', () => {
    const byte = fc.constantFrom('a', 'b', 'c', 'd', '\xff');
    const key = fc.array(byte, { maxLength: 3 }).map((bytes) => bytes.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 2, maxLength: 4 }), (keys) => {
        const reducers = reducersFor(keys, TAB);
        const partitions = keys.map((text) => {
          const bytes = Buffer.from(text, 'latin1');
          return partitionOf(bytes, reducers);
        });
        expect(new Set(partitions).size).toBeGreaterThan(1);
        expect(reducers).toBeGreaterThanOrEqual(7);
      }),
    );
    expect(reducersFor(['a\t1', 'a\t2'], TAB)).toBe(7);
    expect(reducersFor([], TAB)).toBe(7);
  });
});

describe('another order', () => {
  it('has the same lines and is always the same', () => {
    const lines = Array.from({ length: 50 }, (_, index) => String(index));
    const other = shuffled(lines);
    expect(other).not.toEqual(lines);
    expect(other).not.toEqual(lines.toReversed());
    expect(other.toSorted()).toEqual(lines.toSorted());
    expect(shuffled(lines)).toEqual(other);
  });
});
