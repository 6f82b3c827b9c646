import { type Command, readCommand } from '../../runtime/programs/read-command.ts';
import { AttemptFailure } from './attempt-failure.ts';

/** Reads a command of an order; one that cannot be read was let through by the Manager's check. */
export function orderedCommand(text: string, { shell }: { readonly shell: boolean }): Command {
  const read = readCommand(text, shell);
  if (read.ok) return read.command;
  throw new AttemptFailure('cannot_start', `Cannot read the command: ${read.reason}`, text);
}
