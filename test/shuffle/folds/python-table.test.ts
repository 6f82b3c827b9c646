import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { combinerFold, reducerFold } from '../../../src/shuffle/folds/builtins.ts';
import { needsPrograms } from '../../needs.ts';
import { anyValues, numbers } from './any-values.ts';
import { foldValues, sortedValues, type Value } from './fold-values.ts';

/** One row of values in, one line of results out: what Python's int and Decimal make of them. */
const PYTHON = String.raw`
import json, re, sys
from decimal import Decimal, getcontext
getcontext().prec = 5000
number = re.compile(r'[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)', re.A)
as_bytes = lambda value: (value is not None, (value or '').encode('latin-1'))
def extreme(values, pick):
    if any(value is None or not number.fullmatch(value) for value in values):
        return pick(values, key=as_bytes)
    best = pick(Decimal(value) for value in values)
    return min((value for value in values if Decimal(value) == best), key=as_bytes)
def total(values):
    if any(value is None or not number.fullmatch(value) for value in values):
        return None
    if all(re.fullmatch('[+-]?[0-9]+', value) for value in values):
        return str(sum(int(value) for value in values))
    return format(sum((Decimal(value) for value in values), Decimal(0)), 'f')
for line in sys.stdin:
    values = json.loads(line)
    print(json.dumps({
        'sum': total(values), 'count': str(len(values)),
        'min': extreme(values, min), 'max': extreme(values, max),
        'first': values[0], 'distinct': sorted(set(values), key=as_bytes),
    }))
`;

interface Expected {
  /** Null when a value is no number. */
  readonly sum: string | null;
  readonly count: string;
  readonly min: Value;
  readonly max: Value;
  readonly first: Value;
  readonly distinct: readonly Value[];
}

function python(rows: readonly (readonly Value[])[]): readonly Expected[] {
  const input = rows.map((row) => JSON.stringify(row)).join('\n');
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PYTHON], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(status, stderr).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Expected);
}

const TABLE: readonly (readonly Value[])[] = [
  ['1'],
  ['-0'],
  ['-0.00', '0'],
  ['.1', '.2'],
  ['9007199254740993', '1'],
  ['1', '1.0', '01', '+1', '1.'],
  ['9'.repeat(300), '1', `-${'9'.repeat(301)}`],
  ['10', '9', 'x'],
  ['10', '9', null],
  [null],
  [''],
];

it('built-ins agree with Python, before and after a combiner', (context) => {
  needsPrograms(context, 'python3');
  const random = fc.sample(fc.oneof(anyValues, fc.array(numbers, { minLength: 1 })), 3000);
  const rows = [...TABLE, ...random];
  const expected = python(rows);
  expect(expected).toHaveLength(rows.length);
  for (const [index, values] of rows.entries()) {
    const wanted = expected[index];
    for (const name of ['count', 'min', 'max', 'first'] as const)
      expect(results(name, values), JSON.stringify(values)).toEqual(twice([wanted?.[name]]));
    const sorted = sortedValues(values);
    expect(results('distinct', sorted)).toEqual(twice(wanted?.distinct));
    if (wanted?.sum === null) expect(() => results('sum', values)).toThrow('Cannot sum');
    else expect(results('sum', values)).toEqual(twice([wanted?.sum]));
  }
});

function results(name: Parameters<typeof combinerFold>[0], values: readonly Value[]) {
  const combined = foldValues(combinerFold(name), values);
  return [
    foldValues(reducerFold(name), values),
    foldValues(reducerFold(name, name), combined),
  ] as const;
}

function twice<T>(value: T): readonly T[] {
  return [value, value];
}
