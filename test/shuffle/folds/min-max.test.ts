import { describe, expect, it } from 'vitest';
import { combinerFold, reducerFold } from '../../../src/shuffle/folds/builtins.ts';
import { foldValues, type Value } from './fold-values.ts';

const HUGE = '9'.repeat(400);

describe('min and max', () => {
  it.each<[string, Value[], Value, Value]>([
    ['integers by number', ['9', '10', '-3'], '-3', '10'],
    ['negative ones', ['-9', '-10', '-9.5'], '-10', '-9'],
    [
      'beyond what a double holds',
      ['9007199254740993', '9007199254740992'],
      '9007199254740992',
      '9007199254740993',
    ],
    ['of any size', [HUGE, `1${HUGE}`, `-1${HUGE}`, `-${HUGE}`], `-1${HUGE}`, `1${HUGE}`],
    ['decimals exactly', ['0.3', '0.30000000000000000001', '.29'], '.29', '0.30000000000000000001'],
    ['equal numbers by bytes', ['1.0', '1', '01', '+1'], '+1', '+1'],
    ['every zero as equal', ['0', '-0', '0.00', '.0'], '-0', '-0'],
    ['one value', ['x'], 'x', 'x'],
    ['anything else by bytes', ['9', '10', 'x'], '10', 'x'],
    ['what only looks like a number by bytes', ['9', '10', '1e3'], '10', '9'],
    ['an empty value by bytes', ['9', '10', ''], '', '9'],
    ['a carriage return as no digit', ['9\r', '10\r'], '10\r', '9\r'],
    ['bytes as unsigned', ['\xff', '\x7f', 'a'], 'a', '\xff'],
    ['a record without a value first, and as no number', ['9', null, '10'], null, '9'],
    ['nothing but records without a value', [null, null], null, null],
  ])('take %s', (_, values, min, max) => {
    for (const order of [values, values.toReversed()]) {
      expect(foldValues(reducerFold('min'), order)).toEqual([min]);
      expect(foldValues(reducerFold('max'), order)).toEqual([max]);
    }
  });
});

describe('min and max as combiners', () => {
  it.each<[string, Value[], Value[], Value[]]>([
    ['the one that wins by number and by bytes', ['1', '2'], ['1'], ['2']],
    ['two when they differ', ['9', '10', '-3'], ['-3'], ['10', '9']],
    ['two when they differ', ['9', '10', '11'], ['10', '9'], ['11', '9']],
    ['proof that there was no number', ['9', '10', '!'], ['!'], ['!', '9']],
    ['proof that there was no number', ['9', '10', 'x'], ['10', 'x'], ['x']],
    ['a record without a value', ['9', null, '10'], [null], [null, '9']],
  ])('keep %s: %j', (_, values, min, max) => {
    expect(foldValues(combinerFold('min'), values)).toEqual(min);
    expect(foldValues(combinerFold('max'), values)).toEqual(max);
  });
});
