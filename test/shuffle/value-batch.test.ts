import { expect, it } from 'vitest';
import { ValueBatch } from '../../src/shuffle/value-batch.ts';

const COUNT_MAX = 0x7fffffff;

function batchOf(words: number): ValueBatch {
  const memory = new ArrayBuffer((10 + words) * 4);
  return new ValueBatch({
    words: new Int32Array(memory),
    bytes: new Uint8Array(memory),
    from: 10,
    to: 10 + words,
  });
}

function valuesOf(batch: ValueBatch): readonly (readonly [string | null, number])[] {
  const values: [string | null, number][] = [];
  batch.giveTo({
    value: (bytes, start, end, times) => {
      values.push([Buffer.from(bytes).toString('latin1', start, end), times]);
    },
    bare: (times) => {
      values.push([null, times]);
    },
  });
  return values;
}

function add(batch: ValueBatch, value: string | null, times = 1): boolean {
  return batch.add(Buffer.from(`-${value ?? ''}`), 1, value === null ? -1 : value.length, times);
}

it('a batch gives its values back in byte order, equal ones at once, and takes others then', () => {
  const batch = batchOf(1000);
  for (const value of ['b', null, 'a', 'ab', '', 'a', null, '\x7f', 'A']) add(batch, value);
  expect(valuesOf(batch)).toEqual([
    ...[[null, 2] as const, ['', 1] as const, ['A', 1] as const, ['a', 2] as const],
    ...[['ab', 1] as const, ['b', 1] as const, ['\x7f', 1] as const],
  ]);
  expect(batch.isEmpty).toBe(true);
  expect(valuesOf(batch)).toEqual([]);
  add(batch, 'once more');
  expect(valuesOf(batch)).toEqual([['once more', 1]]);
});

it('a batch takes what fits, to the last word', () => {
  const batch = batchOf(8);
  expect(add(batch, 'four')).toBe(true);
  expect(add(batch, 'fours')).toBe(false);
  expect(add(batch, 'more')).toBe(true);
  expect(add(batch, null)).toBe(false);
  expect(valuesOf(batch)).toEqual([
    ['four', 1],
    ['more', 1],
  ]);
  expect(add(batch, 'x'.repeat(20))).toBe(true);
  expect(add(batch, null)).toBe(false);
  expect(add(batchOf(8), 'x'.repeat(21))).toBe(false);
});

it('a count never grows beyond what its word holds', () => {
  const batch = batchOf(1000);
  for (const times of [COUNT_MAX, 5, COUNT_MAX - 5, 1]) add(batch, 'v', times);
  const values = valuesOf(batch);
  expect(values.every(([value, times]) => value === 'v' && times > 0)).toBe(true);
  expect(values.reduce((total, [, times]) => total + times, 0)).toBe(2 * COUNT_MAX + 1);
});
