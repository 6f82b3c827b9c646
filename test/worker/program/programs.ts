import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FifoPool } from '../../../src/runtime/launch/fifos.ts';
import type { ByteSource } from '../../../src/worker/program/input-feed.ts';
import { openStarter } from '../../../src/runtime/launch/open-starter.ts';
import type { ProgramStarter } from '../../../src/runtime/launch/program-starter.ts';
import { type ProgramEnd, runProgram } from '../../../src/worker/program/run-program.ts';
import { systemTimer } from '../../../src/worker/program/system-timer.ts';
import type { Timer } from '../../../src/worker/program/task-clock.ts';
import { freshDirectory } from '../../runtime/programs/fresh-directory.ts';

export interface ShellOptions {
  readonly stdin?: string | Uint8Array | ByteSource;
  readonly encoding?: BufferEncoding;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timer?: Timer;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
  readonly beforeTaking?: () => Promise<void>;
  readonly openStarter?: (fifos: FifoPool) => Promise<ProgramStarter>;
}

const ignored = { add: () => undefined, remove: () => undefined };

/** As a slot starts its programs. */
function launcherStarter(fifos: FifoPool): Promise<ProgramStarter> {
  const path = process.env['PATH'] ?? '';
  return openStarter({ path, fifos, marks: {}, launchers: ignored });
}

export interface ShellRun {
  readonly end: ProgramEnd;
  readonly stdout: string;
  readonly stderr: string;
  /** Its working directory. */
  readonly directory: string;
}

/** Runs a shell script as a user program, with the streams of a real attempt. */
export async function runShell(script: string, options: ShellOptions = {}): Promise<ShellRun> {
  const base = freshDirectory();
  const directory = join(base, 'work');
  mkdirSync(directory);
  const fifos = new FifoPool(join(base, 'fifos'), 2);
  const groups = new Set<number>();
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  const stdin = options.stdin ?? '';
  const starter = await (options.openStarter ?? launcherStarter)(fifos);
  const end = await runProgram(
    {
      path: '/bin/sh',
      args: ['-c', script],
      directory,
      environment: options.environment ?? { PATH: process.env['PATH'] ?? '' },
      timeoutMs: options.timeoutMs ?? 0,
      signal: options.signal ?? new AbortController().signal,
      stdin: typeof stdin === 'function' ? stdin : bytesOf(stdin),
      stdout(chunk) {
        const take = (): void => {
          out.push(Buffer.from(chunk));
          options.onStdout?.(Buffer.from(chunk).toString());
        };
        if (options.beforeTaking) return options.beforeTaking().then(take);
        take();
        return undefined;
      },
      stderr(chunk) {
        error.push(Buffer.from(chunk));
        options.onStderr?.(Buffer.from(chunk).toString());
      },
    },
    {
      fifos,
      starter,
      timer: options.timer ?? systemTimer,
      guard: {
        add: (group) => groups.add(group),
        remove: (group) => groups.delete(group),
      },
    },
  ).finally(() => {
    starter.close();
  });
  if (groups.size > 0) throw new Error('a process group was never taken off the guard’s list');
  const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString(options.encoding);
  return { end, stdout: text(out), stderr: text(error), directory };
}

/** A source of these bytes, in one piece. */
export function bytesOf(content: string | Uint8Array): ByteSource {
  const pieces = content.length === 0 ? [] : [Buffer.from(content)];
  return () => pieces.shift();
}

/** Whether a process is there and not merely waiting to be buried by its parent. */
export function isAlive(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return status.slice(status.lastIndexOf(')') + 2, -1)[0] !== 'Z';
  } catch {
    return false;
  }
}

const DEADLINE_MS = 5_000;
const LOOK_EVERY_MS = 10;

/** Waits for something outside this process that sends no event; fails after 5 s. */
export async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error('waited too long');
    await sleep(LOOK_EVERY_MS);
  }
}
