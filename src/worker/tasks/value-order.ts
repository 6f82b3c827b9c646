import type { TaskOrderMessage } from './task-result.ts';
import { readCommand } from './command.ts';

/**
 * Whether the values of a key are read in byte order, by combiners and reducers alike: because the
 * job says so, or because one of them is the built-in `distinct`, which has to see repeats in a row.
 * The same for all tasks of a job.
 */
export function readsSortedValues(
  order: Pick<TaskOrderMessage, 'rules' | 'combiner' | 'reducer'>,
): boolean {
  return order.rules.sort_values || isDistinct(order.combiner) || isDistinct(order.reducer);
}

function isDistinct(text: string | null): boolean {
  if (text === null) return false;
  const command = readCommand(text);
  return command.type === 'builtin' && command.name === 'distinct';
}
