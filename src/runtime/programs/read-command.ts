import { type BuiltinName, builtinOf, formatCommand, parseCommand } from './command-words.ts';
import { shellWords } from './shell-words.ts';

/** What a job names as mapper, combiner or reducer. */
export type Command =
  | { readonly type: 'builtin'; readonly name: BuiltinName }
  | { readonly type: 'program'; readonly words: readonly [string, ...string[]] }
  /** A line for `bash -o pipefail -c`. */
  | { readonly type: 'shell'; readonly line: string };

/** A command, or why it cannot be one. */
export type CommandReading =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads the text of a command: words to run as they are, or a line for a shell (`--shell`). The
 * bare name of a built-in alone is the built-in in both; `./sum` is a file.
 */
export function readCommand(text: string, shell: boolean): CommandReading {
  const parsed = parseCommand(text);
  const name = parsed.ok ? builtinOf(parsed.words) : undefined;
  if (name !== undefined) return { ok: true, command: { type: 'builtin', name } };
  if (shell) return readShellLine(text);
  return parsed.ok ? { ok: true, command: { type: 'program', words: parsed.words } } : parsed;
}

/** As plans, logs and reports show it: a line that can be pasted into a shell. */
export function describeCommand(command: Command): string {
  switch (command.type) {
    case 'builtin':
      return command.name;
    case 'program':
      return formatCommand(command.words);
    case 'shell':
      return formatCommand(['bash', '-o', 'pipefail', '-c', command.line]);
    default:
      return command satisfies never;
  }
}

/** The words of a command that may name files of the submitter. */
export function wordsOf(command: Command): readonly string[] {
  switch (command.type) {
    case 'builtin':
      return [];
    case 'program':
      return command.words;
    case 'shell':
      return shellWords(command.line);
    default:
      return command satisfies never;
  }
}

function readShellLine(line: string): CommandReading {
  if (line.includes('\0')) return { ok: false, reason: 'it holds a NUL character' };
  if (line.trim() === '') return { ok: false, reason: 'it is empty' };
  return { ok: true, command: { type: 'shell', line } };
}
