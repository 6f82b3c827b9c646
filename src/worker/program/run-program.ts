import { closeSync } from 'node:fs';
import { execa } from 'execa';
import { killGroup } from '../../runtime/programs/kill-group.ts';
import type { FifoPool, ProgramFifos, StreamDescriptors } from './fifos.ts';
import type { GuardLine } from './guard-line.ts';
import { type ByteSource, InputFeed } from './input-feed.ts';
import { type ByteSink, OutputDrain } from './output-drain.ts';
import { TaskClock, type Timer } from './task-clock.ts';
import { withResolvers } from './with-resolvers.ts';

/** What programs of one slot share. */
export interface ProgramHost {
  readonly fifos: FifoPool;
  readonly guard: GuardLine;
  readonly timer: Timer;
}

export interface ProgramRun {
  /** The resolved program. */
  readonly path: string;
  readonly args: readonly string[];
  /** Its working directory. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** 0: never. */
  readonly timeoutMs: number;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: (chunk: Uint8Array) => void;
  /** Kills the program. */
  readonly signal: AbortSignal;
}

export type ProgramEnd =
  | { readonly type: 'exited'; readonly exitCode: number }
  | { readonly type: 'signalled'; readonly signal: string }
  | { readonly type: 'timed_out' }
  | { readonly type: 'killed' };

/**
 * Raises the program's own badness, so that a shortage of memory hits it and not the Worker, then
 * becomes the program. Only raising needs no privilege, hence the failure that is not shown.
 */
const LAUNCHER = 'echo 1000 2>/dev/null >/proc/self/oom_score_adj; exec "$@"';

/**
 * Runs one program in its own process group until it has exited and nobody writes to its stdout
 * and stderr any more; children that it leaves in the background are waited for so long, and
 * killed then.
 * Rejects with the error of `stdin` or `stdout`, or when no process can be made, after the group
 * was killed.
 */
export async function runProgram(run: ProgramRun, host: ProgramHost): Promise<ProgramEnd> {
  const fifos = await host.fifos.take();
  if (run.signal.aborted) {
    closeAll(fifos.program);
    closeAll(fifos.own);
    return { type: 'killed' };
  }
  const subprocess = startProcess(run, fifos);
  const groupId = subprocess.pid;
  if (groupId === undefined) {
    closeAll(fifos.own);
    throw await startError(subprocess);
  }
  host.guard.add(groupId);
  const limits = watchLimits(run, host.timer);
  const streams = connect(run, fifos.own, limits.clock);
  try {
    return await Promise.race([limits.reached, streams.failure, ended(subprocess, streams)]);
  } finally {
    limits.stop();
    // Killed first: a program that is given up must not see an end of its input.
    killGroup(groupId);
    streams.close();
    await subprocess;
    host.guard.remove(groupId);
  }
}

interface Limits {
  readonly clock: TaskClock;
  /** Settles when the program has to be killed; may never. */
  readonly reached: Promise<ProgramEnd>;
  stop(): void;
}

function watchLimits(run: ProgramRun, timer: Timer): Limits {
  const { promise: reached, resolve: reach } = withResolvers<ProgramEnd>();
  const onExpired = (): void => {
    reach({ type: 'timed_out' });
  };
  const onAbort = (): void => {
    reach({ type: 'killed' });
  };
  const clock = new TaskClock({ timeoutMs: run.timeoutMs, timer, onExpired });
  run.signal.addEventListener('abort', onAbort);
  return {
    clock,
    reached,
    stop() {
      clock.stop();
      run.signal.removeEventListener('abort', onAbort);
    },
  };
}

type Process = ReturnType<typeof startProcess>;

function startProcess(run: ProgramRun, fifos: ProgramFifos) {
  // Any descriptor will do; the types list the first few only.
  const { stdin, stdout, stderr } = fifos.program as Record<keyof StreamDescriptors, 3>;
  try {
    return execa('/bin/sh', ['-c', LAUNCHER, 'sh', run.path, ...run.args], {
      cwd: run.directory,
      env: run.environment,
      extendEnv: false,
      detached: true,
      cleanup: false,
      stdio: [stdin, stdout, stderr],
      buffer: false,
      reject: false,
    });
  } catch (error) {
    closeAll(fifos.own);
    throw error;
  } finally {
    // Ours to close: the program has its own copies, and an end of file needs all of ours gone.
    closeAll(fifos.program);
  }
}

async function startError(subprocess: Process): Promise<Error> {
  const { code, cause } = await subprocess;
  return Object.assign(new Error('Cannot start a process', { cause }), { code: code ?? 'EAGAIN' });
}

function closeAll(descriptors: StreamDescriptors): void {
  closeSync(descriptors.stdin);
  closeSync(descriptors.stdout);
  closeSync(descriptors.stderr);
}

interface Streams {
  readonly outputsEnded: Promise<unknown>;
  /** Rejects when one of them fails; never settles otherwise. */
  readonly failure: Promise<never>;
  close(): void;
}

function connect(run: ProgramRun, own: StreamDescriptors, clock: TaskClock): Streams {
  const stdout = new OutputDrain(own.stdout, run.stdout, clock);
  const stderr = new OutputDrain(
    own.stderr,
    (chunk) => {
      run.stderr(chunk);
      return undefined;
    },
    clock,
  );
  const stdin = new InputFeed(own.stdin, run.stdin, clock);
  const failure = new Promise<never>((_resolve, reject) => {
    for (const stream of [stdin, stdout, stderr]) stream.done.catch(reject);
  });
  return {
    outputsEnded: Promise.all([stdout.done, stderr.done]),
    failure,
    close() {
      for (const stream of [stdin, stdout, stderr]) stream.close();
    },
  };
}

async function ended(subprocess: Process, streams: Streams): Promise<ProgramEnd> {
  const [result] = await Promise.all([subprocess, streams.outputsEnded]);
  return result.signal === undefined
    ? { type: 'exited', exitCode: result.exitCode ?? 0 }
    : { type: 'signalled', signal: result.signal };
}
