/** How a program ended, in words and in parts: the `cause` of a `failed` message. */
export interface ExitCause {
  readonly text: string;
  readonly exit_code: number | null;
  readonly signal: string | null;
  /** What to do about it, where that is known. */
  readonly mend?: string;
}

/** Exit codes from here on are a shell's way to say that signal `code - 128` ended a command. */
const SHELL_SIGNAL_BASE = 128;

const SIGNAL_MEANINGS: Readonly<Record<string, string>> = {
  SIGHUP: 'hang-up',
  SIGINT: 'interrupted',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'arithmetic error',
  SIGKILL: 'often out of memory',
  SIGUSR1: 'user signal 1',
  SIGSEGV: 'segmentation fault',
  SIGUSR2: 'user signal 2',
  SIGPIPE: 'wrote into a pipe that nobody reads any more',
  SIGALRM: 'alarm clock',
  SIGTERM: 'asked to end',
  SIGXCPU: 'CPU time limit',
  SIGXFSZ: 'file size limit',
  SIGSYS: 'bad system call',
};

/** Linux numbers, which a shell adds to 128. */
const SIGNAL_NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [10, 'SIGUSR1'],
  [11, 'SIGSEGV'],
  [12, 'SIGUSR2'],
  [13, 'SIGPIPE'],
  [14, 'SIGALRM'],
  [15, 'SIGTERM'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
  [31, 'SIGSYS'],
]);

/** Why a program with this exit code failed: `exit code 3`, `exit code 127: …`. */
export function exitCodeCause(code: number): ExitCause {
  const meaning = exitCodeMeaning(code);
  const text = `exit code ${String(code)}`;
  return {
    text: meaning === undefined ? text : `${text}: ${meaning}`,
    exit_code: code,
    signal: null,
  };
}

/** Why a program that a signal ended failed: `killed by SIGSEGV (segmentation fault)`. */
export function signalCause(signal: string): ExitCause {
  return { text: killedBy(signal), exit_code: null, signal };
}

/** Why a program was killed after `timeoutMs` without a sign of work. */
export function timeoutCause(timeoutMs: number): ExitCause {
  const text = `timed out: neither read, wrote nor reported for ${formatDuration(timeoutMs)} (--task-timeout)`;
  return { text, exit_code: null, signal: null };
}

function exitCodeMeaning(code: number): string | undefined {
  if (code === 126) return 'a command in it could not be executed';
  if (code === 127) return 'a command in it was not found';
  const signal = SIGNAL_NUMBERS.get(code - SHELL_SIGNAL_BASE);
  return signal === undefined ? undefined : `a command in it was ${killedBy(signal)}`;
}

function killedBy(signal: string): string {
  const meaning = SIGNAL_MEANINGS[signal];
  if (meaning === undefined) return `killed by ${signal}`;
  // A guess stands after a colon, a translation in brackets.
  return signal === 'SIGKILL'
    ? `killed by ${signal}: ${meaning}`
    : `killed by ${signal} (${meaning})`;
}

/** `10m`, `90s`, `1.5s`, `2h`: the largest unit that needs no fraction, seconds otherwise. */
function formatDuration(durationMs: number): string {
  for (const [unit, unitMs] of [
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const) {
    if (durationMs >= unitMs && durationMs % unitMs === 0)
      return `${String(durationMs / unitMs)}${unit}`;
  }
  return `${String(durationMs / 1000)}s`;
}
