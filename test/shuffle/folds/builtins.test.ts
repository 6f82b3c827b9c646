import { expect, it } from 'vitest';
import { checkBuiltins, isBuiltin } from '../../../src/shuffle/folds/builtins.ts';

it('knows built-ins by their bare name only', () => {
  expect(isBuiltin('sum')).toBe(true);
  expect(isBuiltin('./sum')).toBe(false);
  expect(isBuiltin('toString')).toBe(false);
});

it.each([
  {},
  { mapper: 'identity', reducer: 'sum' },
  { combiner: 'sum', reducer: 'sum' },
  { combiner: 'sum' },
  { combiner: 'count', reducer: 'count' },
  { combiner: 'count', reducer: 'sum' },
  { combiner: 'identity', reducer: 'count' },
  { reducer: 'identity' },
])('lets %j pass', (roles) => {
  expect(checkBuiltins(roles)).toBeUndefined();
});

it.each([
  [{ mapper: 'sum' }, 'Cannot use the built-in "sum" as mapper'],
  [{ combiner: 'count' }, 'only the built-in reducer "count" or "sum" adds up'],
  [{ combiner: 'count', reducer: 'identity' }, 'Cannot use the combiner "count"'],
  [{ combiner: 'sum', reducer: 'count' }, 'it would count sums'],
  [{ reducer: 'median' }, 'Unknown built-in "median": there are sum, count, identity'],
])('refuses %j with a reason', (roles, reason) => {
  expect(checkBuiltins(roles)).toContain(reason);
});
