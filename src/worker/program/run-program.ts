import { closeSync } from 'node:fs';
import type { FifoPool, ProgramFifos, StreamDescriptors } from '../../runtime/launch/fifos.ts';
import type { GuardLine } from './guard-line.ts';
import { GuardedProgram } from './guarded-program.ts';
import { type FedInput, FileFeed } from './file-feed.ts';
import { type ByteSource, InputFeed } from './input-feed.ts';
import { type ByteSink, OutputDrain } from './output-drain.ts';
import { Pace } from './pace.ts';
import type {
  ProcessEnd,
  ProgramStart,
  ProgramStarter,
} from '../../runtime/launch/program-starter.ts';
import { TaskClock, type Timer } from './task-clock.ts';
import { withResolvers } from '../../runtime/launch/with-resolvers.ts';

/** What programs of one slot share. */
export interface ProgramHost {
  readonly fifos: FifoPool;
  readonly starter: ProgramStarter;
  readonly guard: GuardLine;
  readonly timer: Timer;
}

export interface ProgramRun extends Omit<ProgramStart, 'feed'> {
  /** Instead of `stdin`, only where the host's starter can feed. */
  readonly feed?: FedInput | undefined;
  /** 0: never. */
  readonly timeoutMs: number;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: (chunk: Uint8Array) => void;
  /** Kills the program. */
  readonly signal: AbortSignal;
}

export type ProgramEnd = ProcessEnd | { readonly type: 'timed_out' } | { readonly type: 'killed' };

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
    fifos.release();
    closeAll(fifos.own);
    return { type: 'killed' };
  }
  const limits = watchLimits(run, host.timer);
  const streams = connect(run, fifos.own, limits.clock);
  const program = new GuardedProgram(host.starter.start(run, fifos), host.guard, (feeder) => {
    streams.feed?.watch(feeder);
  });
  let end: ProgramEnd;
  try {
    end = await Promise.race([limits.reached, streams.failure, ended(program, fifos, streams)]);
    if (end.type === 'exited' || end.type === 'signalled') await streams.feed?.settle();
  } finally {
    limits.stop();
    // Killed first: a program that is given up must not see an end of its input.
    await program.kill();
    streams.close();
    await program.bury();
    fifos.release();
  }
  if (end.type === 'exited' || end.type === 'signalled')
    await streams.feed?.judge(`${fifos.paths.stdin}.dd`);
  return end;
}

/**
 * What a program writes waits in its pipes so long, unless it has much to read: most short programs
 * have ended by then.
 */
const PATIENCE_MS = 5;

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

function closeAll(descriptors: StreamDescriptors): void {
  closeSync(descriptors.stdin);
  closeSync(descriptors.stdout);
  closeSync(descriptors.stderr);
}

interface Streams {
  /** Where stdin comes from a file. */
  readonly feed: FileFeed | undefined;
  /** Settles when nobody can write any more; call it when the program itself has ended. */
  finishOutputs(): Promise<void>;
  /** Rejects when one of them fails; never settles otherwise. */
  readonly failure: Promise<never>;
  close(): void;
}

function connect(run: ProgramRun, own: StreamDescriptors, clock: TaskClock): Streams {
  const pace = new Pace();
  const stdout = new OutputDrain(own.stdout, run.stdout, clock, pace);
  const stderr = new OutputDrain(
    own.stderr,
    (chunk) => {
      run.stderr(chunk);
      return undefined;
    },
    clock,
  );
  const startOutputs = (): void => {
    stdout.start();
    stderr.start();
  };
  const patience = setTimeout(startOutputs, PATIENCE_MS);
  const feed = run.feed && new FileFeed(own.stdin, run.feed, clock);
  const stdin = feed ? undefined : new InputFeed(own.stdin, run.stdin, clock, pace, startOutputs);
  const failure = new Promise<never>((_resolve, reject) => {
    for (const stream of [stdin, stdout, stderr]) stream?.done.catch(reject);
  });
  return {
    feed,
    async finishOutputs() {
      await Promise.all([stdout.finish(), stderr.finish()]);
      await Promise.all([stdout.done, stderr.done]);
    },
    failure,
    close() {
      clearTimeout(patience);
      for (const stream of [feed, stdin, stdout, stderr]) stream?.close();
    },
  };
}

async function ended(
  program: GuardedProgram,
  fifos: ProgramFifos,
  streams: Streams,
): Promise<ProgramEnd> {
  const end = await program.ended;
  fifos.release();
  await streams.finishOutputs();
  return end;
}
