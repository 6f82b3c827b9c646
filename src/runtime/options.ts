import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { parseLogLevel } from './log-level.ts';
import { parseSize, printSize } from './sizes.ts';
import { parseTime } from './times.ts';
import { UserError } from './user-error.ts';

export interface CommandText {
  /** What the user types: `mapreduce-manager`. */
  readonly name: string;
  readonly description: string;
  /** Two commands that run as they stand; `--help` opens with them. */
  readonly examples: readonly [string, string];
}

/** Other spellings that every command accepts. */
export const COMMON_ALIASES: Readonly<Record<string, string>> = {
  '--shared_dir': '--shared-dir',
  '--log-file': '--logfile',
  '--log-level': '--loglevel',
};

/** A commander command with our manners: nothing printed or exited by itself, examples first. */
export function newCommand(text: CommandText): Command {
  return tame(new Command(text.name), text).version(
    `${text.name} ${packageVersion()}`,
    '--version',
    'print the version',
  );
}

/** Gives a subcommand the same manners. Call it on what `program.command(…)` returns. */
export function tame(command: Command, text: Omit<CommandText, 'name'>): Command {
  return command
    .description(text.description)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('before', `Examples:\n${text.examples.map((line) => `  ${line}\n`).join('')}`);
}

/**
 * Parses a command line (without node and script); flag beats environment beats default.
 * @returns `shown` when `--help` or `--version` was all there was to do
 * @throws UserError in one line, naming the nearest flag when one is unknown
 */
export async function parseCommandLine(
  command: Command,
  argv: readonly string[],
  aliases: Readonly<Record<string, string>> = COMMON_ALIASES,
): Promise<'parsed' | 'shown'> {
  try {
    await command.parseAsync(replaceAliases(argv, aliases), { from: 'user' });
    return 'parsed';
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 'shown';
    throw new UserError(inOurWords(error, command.name()), undefined, { cause: error });
  }
}

/** `--port 6000`: 0 to 65535. */
export function portOption(flags: string, description: string): Option {
  return withParser(flags, description, (text, what) => {
    const port = parseWhole(text, what);
    if (port > 65_535) throw new UserError(`Cannot use "${text}" for ${what}: ports end at 65535`);
    return port;
  });
}

/** A whole number, 0 or more unless `least` says otherwise. */
export function countOption(
  flags: string,
  description: string,
  least = 0,
  most = Infinity,
): Option {
  return withParser(flags, description, (text, what) => {
    const count = parseWhole(text, what);
    if (count > most) {
      throw new UserError(`Cannot use "${text}" for ${what}: it may be ${String(most)} at most`);
    }
    if (count >= least) return count;
    throw new UserError(`Cannot use "${text}" for ${what}: it must be ${String(least)} or more`);
  });
}

/** Bytes: `64M`, `64MB`; never none, and no more than `mostBytes`. */
export function sizeOption(flags: string, description: string, mostBytes = Infinity): Option {
  return withParser(flags, description, (text, what) => {
    const bytes = parseSize(text, what);
    if (bytes > mostBytes) {
      throw new UserError(
        `Cannot use "${text}" for ${what}: it may be ${printSize(mostBytes)} at most`,
      );
    }
    if (bytes > 0) return bytes;
    throw new UserError(`Cannot use "${text}" for ${what}: it must be 1 byte or more`);
  });
}

/** Milliseconds from `90`, `90s`, `10m`, `2h`. */
export function timeOption(flags: string, description: string): Option {
  return withParser(flags, description, parseTime);
}

export function logLevelOption(): Option {
  return withParser('--loglevel <level>', 'debug, info, warn or error', parseLogLevel).default(
    'info',
  );
}

/** Muster's version, from package.json. */
function packageVersion(): string {
  const read = createRequire(import.meta.url);
  const { version } = read('#package.json') as { version: string };
  return version;
}

function withParser(
  flags: string,
  description: string,
  parse: (text: string, what: string) => unknown,
): Option {
  const option = new Option(flags, description);
  const what = option.long ?? flags;
  return option.argParser((text: string) => parse(text, what));
}

function parseWhole(text: string, what: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new UserError(`Cannot use "${text}" for ${what}: it must be a whole number`);
}

/** Everything after `--` belongs to somebody else. */
function replaceAliases(
  argv: readonly string[],
  aliases: Readonly<Record<string, string>>,
): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, index) => {
    if (end !== -1 && index > end) return word;
    const equals = word.indexOf('=');
    const flag = equals === -1 ? word : word.slice(0, equals);
    return Object.hasOwn(aliases, flag)
      ? `${aliases[flag] ?? flag}${word.slice(flag.length)}`
      : word;
  });
}

/** `error: unknown option '--prot'\n(Did you mean --port?)` → `Unknown option "--prot". Did you mean --port?` */
function inOurWords(error: CommanderError, name: string): string {
  const [first = '', ...more] = error.message.replace(/^error: /, '').split(/\.?\n/);
  const capital = first.charAt(0).toUpperCase() + first.slice(1);
  const sentence = capital.replace(/'([^']*)'/g, '"$1"').replace(/\.$/, '');
  const hint = more.join(' ').replace(/[()]/g, '').trim();
  return `${sentence}. ${hint || `See ${name} --help`}`;
}
