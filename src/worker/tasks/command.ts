import { type BuiltinName, builtinOf, parseCommand } from '../../runtime/programs/command-words.ts';
import { AttemptFailure } from './attempt-failure.ts';

/** What a job names as mapper, combiner or reducer. */
export type Command =
  | { readonly type: 'builtin'; readonly name: BuiltinName }
  | { readonly type: 'program'; readonly words: readonly [string, ...string[]] };

/** Reads a command of an order; one that cannot be split was let through by the Manager's check. */
export function readCommand(text: string): Command {
  const parsed = parseCommand(text);
  if (!parsed.ok)
    throw new AttemptFailure('cannot_start', `Cannot read the command: ${parsed.reason}`, text);
  const name = builtinOf(parsed.words);
  return name === undefined ? { type: 'program', words: parsed.words } : { type: 'builtin', name };
}
