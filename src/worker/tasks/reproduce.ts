import type { JobRules, ProgramRole } from '../../protocol/job-spec.ts';
import { describeCommand, readCommand } from '../../runtime/programs/read-command.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import type { TaskOrderMessage } from './task-result.ts';

/**
 * A line for a shell that does to the task's input what its program did: the command as it was
 * submitted. What a combiner reads nobody keeps; all that the mapper writes, sorted, comes close.
 * @returns null for a built-in, which is nothing to type
 */
export function reproduceLine(order: TaskOrderMessage, role: ProgramRole): string | null {
  const { rules } = order;
  if (order.stage === 'reduce') return programLine(order.reducer, rules);
  const mapper = programLine(order.mapper, rules);
  if (role !== 'combiner' || order.combiner === null) return mapper;
  const combiner = programLine(order.combiner, rules);
  if (combiner === null) return null;
  return [...(mapper === null ? [] : [mapper]), sortLine(rules), combiner].join(' | ');
}

function programLine(text: string, { shell }: JobRules): string | null {
  const read = readCommand(text, shell);
  return read.ok && read.command.type !== 'builtin' ? describeCommand(read.command) : null;
}

/** Keys in byte order, their values as they came: as near as sort(1) gets to these rules. */
function sortLine({ separator, key_fields: fields }: JobRules): string {
  const byKey = ['-s', `-k1,${String(fields)}`];
  // It knows no separators of several bytes; a line sorted whole has its key sorted, too.
  if (fields === 0 || Buffer.byteLength(separator) > 1) return 'LC_ALL=C sort';
  const tab = separator === '\t' ? `-t "$(printf '\\t')"` : formatCommand(['-t', separator]);
  return `LC_ALL=C sort ${tab} ${formatCommand(byKey)}`;
}
