import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { CleanUp } from './clean-up.ts';
import { REPOSITORY } from './repository.ts';

/** Command lines for bash, run in one directory, all in the same environment. */

const BIN = join(REPOSITORY, 'bin');
const STDERR_TAIL_BYTES = 4000;

export interface ShellOptions {
  readonly directory: string;
  readonly cleanUp: CleanUp;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Timing {
  readonly wallMs: number;
  /** User and system time of everything that the line started and waited for. */
  readonly cpuMs: number;
}

/** The digest of what a line wrote, and how many bytes it was. */
export interface Digest {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * The environment of daemons, clients and peers alike: no locale but C, temporary files in
 * `directory`, `bin/` on the PATH, nothing that points to another cluster.
 */
export function environment(directory: string): NodeJS.ProcessEnv {
  const { PATH = '' } = process.env;
  const kept = Object.entries(process.env).filter(([name]) => !/^(MAPREDUCE_|LC_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    LANG: 'C',
    NO_COLOR: '1',
    TMPDIR: directory,
    PATH: `${BIN}${delimiter}${PATH}`,
  };
}

/**
 * Runs a line and times it as bash does, from its first process to its last.
 * @throws Error if any of its commands fails
 */
export async function timed(line: string, options: ShellOptions): Promise<Timing> {
  const times = join(options.directory, '.times');
  const script = `TIMEFORMAT='%3R %3U %3S'; { time { ${line}\n} 2>&4; } 4>&2 2>'${times}'`;
  await run(script, line, options);
  const [wall = 0, user = 0, system = 0] = (await readFile(times, 'utf8')).split(' ').map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}

/** Runs a line for the digest of its stdout. */
export async function digested(line: string, options: ShellOptions): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  await run(line, line, options, (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  return { sha256: hash.digest('hex'), bytes };
}

/** Runs a line for its stdout. */
export async function output(line: string, options: ShellOptions): Promise<string> {
  const chunks: Buffer[] = [];
  await run(line, line, options, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks).toString();
}

async function run(
  script: string,
  line: string,
  { directory, cleanUp, env }: ShellOptions,
  take?: (chunk: Buffer) => void,
): Promise<void> {
  let pid: number | undefined;
  // Its group is gone with it: only one that still runs may be ended by number.
  const kill = cleanUp.add(() => {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  });
  const child = spawn('bash', ['-o', 'pipefail', '-c', script], {
    cwd: directory,
    env: { ...environment(directory), ...env },
    stdio: ['ignore', take === undefined ? 'ignore' : 'pipe', 'pipe'],
    // A group of its own, so that all of it can be ended, and Ctrl-C at the terminal is ours.
    detached: true,
  });
  pid = child.pid;
  child.once('exit', () => {
    pid = undefined;
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-STDERR_TAIL_BYTES);
  });
  if (take) child.stdout?.on('data', take);
  try {
    const [code, signal]: (number | string | null)[] = await once(child, 'close');
    if (code === 0) return;
    const end = code === null ? String(signal) : `exit code ${String(code)}`;
    throw new Error(`"${line}" ended with ${end}\n${said}`);
  } finally {
    await kill();
  }
}
