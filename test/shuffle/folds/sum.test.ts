import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FoldError } from '../../../src/shuffle/folds/fold.ts';
import { sum } from '../../../src/shuffle/folds/sum.ts';
import type { ValueSink } from '../../../src/shuffle/group-cursor.ts';
import { TAB } from '../../../src/shuffle/record-shape.ts';

function sumOf(values: readonly (string | undefined)[], times = 1): string {
  const results: string[] = [];
  const sink: ValueSink = {
    value: (bytes, start, end) => results.push(Buffer.from(bytes).toString('latin1', start, end)),
    bare: () => expect.unreachable(),
  };
  const fold = sum(sink, TAB);
  const key = Buffer.from('-the key-');
  fold.begin(key, 1, 8);
  for (const value of values) {
    const bytes = Buffer.from(`(${value})`, 'latin1');
    if (value === undefined) fold.addBare(times);
    else fold.add(bytes, 1, bytes.length - 1, times);
  }
  fold.finish();
  return results.join('|');
}

/** Decimal addition with whole numbers of any size, written another way than the product. */
function plainSum(values: readonly string[], times: number): string {
  const scale = Math.max(...values.map((value) => (value.split('.')[1] ?? '').length));
  let total = 0n;
  for (const value of values) {
    const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)\.?(\d*)$/.exec(value) ?? [];
    const units = BigInt((whole + fraction.padEnd(scale, '0')).replace(/^0+/, '') || '0');
    total += (sign === '-' ? -units : units) * BigInt(times);
  }
  const digits = String(total)
    .replace('-', '')
    .padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return total < 0n ? `-${text}` : text;
}

const integers = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map(String),
  fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map(String),
  fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }).map(String),
  fc.nat(9).map((digit) => `+00${digit}`),
);
const decimals = fc
  .tuple(integers, fc.oneof(fc.nat(999).map(String), fc.constantFrom('', '0', '000000000000001')))
  .map(([whole, fraction]) => `${whole}.${fraction}`);
const times = fc.oneof(
  fc.constant(1),
  fc.nat(9).map((n) => n + 1),
  fc.integer({ min: 1, max: 2 ** 31 }),
);

describe('sum', () => {
  it('is exact for integers of any size', () => {
    fc.assert(
      fc.property(fc.array(integers, { minLength: 1, maxLength: 30 }), times, (values, count) => {
        expect(sumOf(values, count)).toBe(plainSum(values, count));
      }),
    );
  });

  it('is exact for decimals, with as many digits as the value that has most', () => {
    const values = fc.array(fc.oneof(integers, decimals), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, times, (some, count) => {
        expect(sumOf(some, count)).toBe(plainSum(some, count));
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on how values are grouped on the way', () => {
    const values = fc.array(fc.oneof(integers, decimals), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.nat(), (some, cut) => {
        const at = 1 + (cut % (some.length - 1));
        const parts = [sumOf(some.slice(at)), sumOf(some.slice(0, at))];
        expect(sumOf(parts)).toBe(sumOf(some));
      }),
    );
  });

  it('is exact when one product is beyond what a double holds and the sum is not', () => {
    expect(sumOf(['1', '-818836295885545'], 11)).toBe('-9007199254740984');
  });

  it.each([
    [['-0'], '0'],
    [['-0.00'], '0.00'],
    [['0.1', '0.2'], '0.3'],
    [['1.5', '-2'], '-0.5'],
    [['.5', '5.'], '5.5'],
    [['9007199254740991', '1', '1'], '9007199254740993'],
    [['007', '+3'], '10'],
  ])('of %j is %s', (values, expected) => {
    expect(sumOf(values)).toBe(expected);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '1\r',
    '+',
    '-',
    '.',
    '-.',
    '1e3',
    '0x10',
    'NaN',
    '1.2.3',
    '--1',
    '1,5',
  ])('refuses %j and names the line', (value) => {
    expect(() => sumOf(['1', value])).toThrow(FoldError);
    expect(() => sumOf(['1', value])).toThrow(JSON.stringify(`the key\t${value}`));
  });

  it('refuses a record without a value', () => {
    expect(() => sumOf([undefined])).toThrow(
      'Cannot sum the line "the key": it has no value (--separator says what parts key and value)',
    );
  });
});
