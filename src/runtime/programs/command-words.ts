/** A command split into words, or why it cannot be. */
export type ParsedCommand =
  | { readonly ok: true; readonly words: readonly [string, ...string[]] }
  | { readonly ok: false; readonly reason: string };

/** Programs that need no process: their bare name as the whole command. */
export const BUILTIN_NAMES = [
  'sum',
  'count',
  'min',
  'max',
  'first',
  'distinct',
  'identity',
] as const;
export type BuiltinName = (typeof BUILTIN_NAMES)[number];

/** What a shell would act on. No shell runs here, so an unquoted one is surely a mistake. */
const SHELL_CHARACTERS = '|<>&;$`';
/** What a backslash escapes between double quotes (POSIX.1-2017 XCU 2.2.3). */
const ESCAPED_IN_DOUBLE_QUOTES = '$`"\\\n';

/**
 * Splits a command as a POSIX shell would: blanks separate words, single and double quotes and
 * backslash quote. Nothing is expanded. Refused, with the reason: an empty command, an unfinished
 * quote, and unquoted characters that only a shell would understand.
 */
export function parseCommand(text: string): ParsedCommand {
  if (text.includes('\0')) return refuse('it holds a NUL character');
  const scan = new CommandScan(text);
  while (!scan.atEnd()) {
    const reason = scan.step();
    if (reason !== undefined) return refuse(reason);
  }
  const [first, ...others] = scan.finish();
  if (first === undefined) return refuse('it is empty');
  if (first === '') return refuse('its first word is empty');
  return { ok: true, words: [first, ...others] };
}

/** The built-in that these words name: one bare name alone. `./sum` is a file. */
export function builtinOf(words: readonly string[]): BuiltinName | undefined {
  return words.length === 1 ? BUILTIN_NAMES.find((name) => name === words[0]) : undefined;
}

/** Words as one line that {@link parseCommand} reads back: quoted where that is needed. */
export function formatCommand(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

function refuse(reason: string): ParsedCommand {
  return { ok: false, reason };
}

/** Reads a command from left to right; `word` is undefined between words. */
class CommandScan {
  readonly #text: string;
  #at = 0;
  #word: string | undefined;
  readonly #words: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  finish(): readonly string[] {
    this.#endWord();
    return this.#words;
  }

  /** Takes one character or one quoted stretch; returns why the command is refused, if it is. */
  step(): string | undefined {
    const character = this.#text.charAt(this.#at++);
    if (character === "'") return this.#singleQuoted();
    if (character === '"') return this.#doubleQuoted();
    if (character === '\\') return this.#escaped();
    if (SHELL_CHARACTERS.includes(character))
      return `"${character}" means something only to a shell, and none is run: quote it, or add --shell`;
    if (/\s/.test(character)) this.#endWord();
    else this.#append(character);
    return undefined;
  }

  #singleQuoted(): string | undefined {
    const end = this.#text.indexOf("'", this.#at);
    if (end < 0) return 'a single quote is not closed';
    this.#append(this.#text.slice(this.#at, end));
    this.#at = end + 1;
    return undefined;
  }

  #doubleQuoted(): string | undefined {
    this.#append('');
    while (!this.atEnd()) {
      const character = this.#text.charAt(this.#at++);
      if (character === '"') return undefined;
      const next = this.#text.charAt(this.#at);
      if (character === '\\' && next !== '' && ESCAPED_IN_DOUBLE_QUOTES.includes(next)) {
        this.#at++;
        if (next !== '\n') this.#append(next);
      } else this.#append(character);
    }
    return 'a double quote is not closed';
  }

  #escaped(): string | undefined {
    if (this.atEnd()) return 'it ends in a backslash';
    const character = this.#text.charAt(this.#at++);
    // A backslash before a newline joins lines, in a shell as here.
    if (character !== '\n') this.#append(character);
    return undefined;
  }

  #append(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }
}
