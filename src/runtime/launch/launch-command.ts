/** What a launcher needs to know of a program. */
export interface LaunchWords {
  /** Absolute. */
  readonly path: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where its FIFOs lie. */
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  /** What goes into its stdin without us. */
  readonly feed?: FileRange | undefined;
}

/** Bytes of a file. */
export interface FileRange {
  readonly path: string;
  readonly start: number;
  readonly length: number;
}

/** What a shell can export. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** To these names bash gives a meaning of its own: set in the launcher they would change it. */
const OF_THE_SHELL =
  /^(?:BASH.*|COMP_.*|COPROC|DIRSTACK|E?UID|ENV|EPOCH.*|EXECIGNORE|FCEDIT|FIGNORE|FUNC.*|GLOB.*|GROUPS|HIST.*|HOST.*|IFS|IGNOREEOF|INPUTRC|INSIDE_EMACS|LC_ALL|LINENO|MAIL.*|MAPFILE|OLDPWD|OPT.*|PIPESTATUS|POSIX.*|PPID|PROMPT.*|PS[0-4]|PWD|RANDOM|READLINE.*|REPLY|SECONDS|SHELLOPTS|SHLVL|SRANDOM|TIMEFORMAT|TMOUT|_|auto_resume|histchars)$/;
/** Passes on the names that a shell cannot. */
const ENV_PATH = '/usr/bin/env';
const PLAIN_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * The commands by which a launcher starts a program and waits for it.
 * @param exported what the launcher exports now; brought up to date
 */
export function launchCommand(words: LaunchWords, exported: Map<string, string>): string {
  const { path, args, directory, environment, stdin, stdout, stderr } = words;
  const names = Object.keys(environment);
  const others = names.filter((name) => !isExported(name));
  const changes = exportChanges(environment, exported);
  const program =
    others.length === 0
      ? [path, ...args]
      : [
          ENV_PATH,
          '--',
          ...others.map((name) => `${name}=${environment[name] ?? ''}`),
          path,
          ...args,
        ];
  const { feed } = words;
  const range = feed ? [feed.path, String(feed.start), String(feed.length)] : [];
  const start = [stdin, stdout, stderr, ...range, ...program].map(quote);
  const run = [feed ? 'fed' : 'run', ...start].join(' ');
  return `${changes}cd -P -- ${quote(directory)} && unset OLDPWD && ${run}\n`;
}

/** The commands by which a launcher runs a small program of ours. */
export function plainCommand(words: readonly string[]): string {
  return `PATH=${PLAIN_PATH} ${words.map(quote).join(' ')} </dev/null >/dev/null 2>&1\n`;
}

function exportChanges(
  environment: Readonly<Record<string, string>>,
  exported: Map<string, string>,
): string {
  const gone = [...exported.keys()].filter((name) => environment[name] === undefined);
  const changed = Object.entries(environment).filter(
    ([name, value]) => isExported(name) && exported.get(name) !== value,
  );
  for (const name of gone) exported.delete(name);
  for (const [name, value] of changed) exported.set(name, value);
  const unset = gone.length === 0 ? '' : `unset -v ${gone.join(' ')}\n`;
  const assignments = changed.map(([name, value]) => `${name}=${quote(value)}`);
  return assignments.length === 0 ? unset : `${unset}export ${assignments.join(' ')}\n`;
}

function isExported(name: string): boolean {
  return IDENTIFIER.test(name) && !OF_THE_SHELL.test(name);
}

/** One word of a shell, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Fails where `dd` cannot feed programs. */
export const TRY_FEEDER = ['dd', 'iflag=skip_bytes,count_bytes', 'bs=128K', 'skip=0', 'count=0'];
