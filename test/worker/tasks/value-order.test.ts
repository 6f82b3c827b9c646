import { expect, it } from 'vitest';
import { readsSortedValues } from '../../../src/worker/tasks/value-order.ts';
import { TaskBench } from './task-bench.ts';

it.each([
  [false, null, 'cat', false],
  [true, null, 'cat', true],
  [false, null, 'distinct', true],
  [false, 'distinct', './reduce.sh', true],
  [false, './distinct', 'first', false],
  [false, 'distinct -x', './distinct', false],
])('sort_values %s, combiner %s, reducer %s: %s', (sortValues, combiner, reducer, expected) => {
  const order = new TaskBench().reduceOrder({ combiner, reducer });
  const rules = { ...order.rules, sort_values: sortValues };
  expect(readsSortedValues({ ...order, rules })).toBe(expected);
});
