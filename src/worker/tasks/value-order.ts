import { orderedCommand } from './ordered-command.ts';
import type { TaskOrderMessage } from './task-result.ts';

/**
 * Whether the values of a key are read in byte order, by combiners and reducers alike: because the
 * job says so, or because one of them is the built-in `distinct`, which has to see repeats in a row.
 * The same for all tasks of a job.
 */
export function readsSortedValues(
  order: Pick<TaskOrderMessage, 'rules' | 'combiner' | 'reducer'>,
): boolean {
  return (
    order.rules.sort_values ||
    [order.combiner, order.reducer].some((text) => isDistinct(text, order.rules))
  );
}

function isDistinct(text: string | null, rules: TaskOrderMessage['rules']): boolean {
  if (text === null) return false;
  const command = orderedCommand(text, rules);
  return command.type === 'builtin' && command.name === 'distinct';
}
