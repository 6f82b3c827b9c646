import { describe, expect, it } from 'vitest';
import { reducerFold } from '../../../src/shuffle/folds/builtins.ts';
import { foldValues } from './fold-values.ts';

describe('first', () => {
  it('is what comes first, a record without a value too, once', () => {
    expect(foldValues(reducerFold('first'), ['b', 'b', 'a'])).toEqual(['b']);
    expect(foldValues(reducerFold('first'), [null, null, 'a'])).toEqual([null]);
    expect(foldValues(reducerFold('first'), ['', null])).toEqual(['']);
  });
});

describe('distinct', () => {
  it('gives each value once, a record without a value before an empty one', () => {
    const values = [null, null, '', '', 'a', 'a', 'a\0', 'ab', 'ab', '\xff'];
    expect(foldValues(reducerFold('distinct'), values)).toEqual([
      null,
      '',
      'a',
      'a\0',
      'ab',
      '\xff',
    ]);
  });

  it('remembers a long value as well', () => {
    const long = 'x'.repeat(100_000);
    expect(foldValues(reducerFold('distinct'), [long, long, `${long}y`])).toEqual([
      long,
      `${long}y`,
    ]);
  });

  it('refuses to go on when values are not sorted', () => {
    expect(() => foldValues(reducerFold('distinct'), ['b', 'a'])).toThrow('out of order');
    expect(() => foldValues(reducerFold('distinct'), ['', null])).toThrow('without a value');
  });
});
