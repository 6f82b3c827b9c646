import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** Real daemons for tests: processes of `bin/`, on free ports, in directories of their own. */

export const BIN = join(import.meta.dirname, '../../bin');

/** A process whose output is collected and whose lines can be waited for. */
export class Program {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #exit: Promise<number>;
  readonly #waiting = new Set<() => void>();
  /** It has exited, and all that it said is here. */
  #isOver = false;

  constructor(
    executable: string,
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string | Uint8Array } = {},
  ) {
    const { cwd, input } = options;
    const env = { ...process.env, NO_COLOR: '1', ...options.env };
    this.child = spawn(executable, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin?.on('error', () => undefined).end(input ?? '');
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString('latin1');
      this.#wake();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
      this.#wake();
    });
    this.#exit = once(this.child, 'close').then(([code, signal]) => {
      this.#isOver = true;
      this.#wake();
      return typeof code === 'number' ? code : SIGNAL_BASE + signalNumber(signal as string);
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The process did not start');
    return this.child.pid;
  }

  /** Its exit code; 128 + n for a signal. */
  get exited(): Promise<number> {
    return this.#exit;
  }

  /** Waits until stderr matches, behind so many characters. */
  async said(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stderr.slice(from));
      if (found) return found;
      if (this.#isOver) {
        throw new Error(`Exited without saying ${String(pattern)}:\n${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

const SIGNAL_BASE = 128;

function signalNumber(name: string): number {
  return { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[name] ?? 0;
}

/** What a finished client command did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Says what to do at the end: of the test by default, of the file with {@link sharedCluster}. */
type AtEnd = (cleanUp: () => Promise<void>) => void;

/** A directory that goes with the test. */
export async function scratch(atEnd: AtEnd = onTestFinished): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
  // A guard process may be removing scratch of its Worker in there.
  atEnd(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  return directory;
}

type RunOptions = ConstructorParameters<typeof Program>[2];

/** Starts one command of `bin/`; it ends with the test. */
export function command(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
  atEnd: AtEnd = onTestFinished,
): Program {
  const program = new Program(join(BIN, name), args, options);
  atEnd(() => stop(program));
  return program;
}

/** Runs one command of `bin/` to its end. */
export async function run(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const program = command(name, args, options);
  const code = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

interface ClusterOptions {
  readonly manager?: readonly string[];
  readonly workers?: readonly (readonly string[])[];
  /** Where the Manager listens; a free port by default. */
  readonly port?: number;
  /** A directory of the test; one of its own by default. */
  readonly sharedDirectory?: string;
  /** Added to the environment of the daemons. */
  readonly env?: NodeJS.ProcessEnv;
  readonly atEnd?: AtEnd;
}

/** A Manager with Workers, stopped with the test. */
export class Cluster {
  /** The Managers that were here, one after the other. */
  readonly managers: Program[] = [];
  readonly port: number;
  readonly sharedDirectory: string;
  readonly workers: Program[] = [];
  readonly #managerArgs: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  readonly #atEnd: AtEnd;

  private constructor(
    manager: Program,
    port: number,
    sharedDirectory: string,
    { env = {}, atEnd = onTestFinished, manager: managerArgs = [] }: ClusterOptions,
  ) {
    this.managers.push(manager);
    this.port = port;
    this.sharedDirectory = sharedDirectory;
    this.#managerArgs = managerArgs;
    this.#env = env;
    this.#atEnd = atEnd;
  }

  /** The latest Manager. */
  get manager(): Program {
    const latest = this.managers.at(-1);
    if (latest === undefined) throw new Error('There was no Manager');
    return latest;
  }

  /** Starts another Manager where the last one was, behind the words of `prefix`, if any. */
  spawnManager(prefix: readonly string[] = []): Program {
    const place = ['--port', String(this.port), '--shared-dir', this.sharedDirectory];
    const args = [...place, ...this.#managerArgs];
    const [executable = join(BIN, 'mapreduce-manager'), ...words] = prefix;
    const own = prefix.length === 0 ? args : [...words, join(BIN, 'mapreduce-manager'), ...args];
    const manager = new Program(executable, own, { env: this.#env });
    this.#atEnd(() => stop(manager));
    this.managers.push(manager);
    return manager;
  }

  /** Starts a Manager, then all Workers with these options, and waits until they take tasks. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const { env = {}, atEnd = onTestFinished } = options;
    const sharedDirectory = options.sharedDirectory ?? (await scratch(atEnd));
    const place = ['--port', String(options.port ?? 0), '--shared-dir', sharedDirectory];
    const args = [...place, ...(options.manager ?? [])];
    const manager = command('mapreduce-manager', args, { env }, atEnd);
    const [, port] = await manager.said(/listening on 127\.0\.0\.1:(\d+)/);
    const cluster = new Cluster(manager, Number(port), sharedDirectory, options);
    await Promise.all((options.workers ?? []).map((worker) => cluster.addWorker(worker)));
    return cluster;
  }

  /** Starts a Worker and waits until it takes tasks. `port` leads it through a proxy. */
  async addWorker(args: readonly string[], options: { port?: number } = {}): Promise<Program> {
    const worker = this.spawnWorker(args, options);
    await worker.said(/ready/);
    return worker;
  }

  spawnWorker(args: readonly string[], options: { port?: number } = {}): Program {
    const port = String(options.port ?? this.port);
    const flags = ['--manager-port', port, ...args];
    const worker = command('mapreduce-worker', flags, { env: this.#env }, this.#atEnd);
    this.workers.push(worker);
    return worker;
  }

  /** `mapreduce-submit` against this Manager. */
  submit(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return run('mapreduce-submit', ['--manager-port', String(this.port), ...args], options);
  }

  /** The same, still running. */
  submitting(args: readonly string[], options: RunOptions = {}): Program {
    return command('mapreduce-submit', ['--manager-port', String(this.port), ...args], options);
  }

  /** `mapreduce COMMAND` against this Manager. */
  command(name: string, args: readonly string[] = []): Promise<Outcome> {
    return run('mapreduce', [name, '--manager-port', String(this.port), ...args]);
  }
}

/** One cluster for all tests of a file or group, for tests that do not disturb each other. */
export function sharedCluster(options: ClusterOptions): () => Cluster {
  return shared((atEnd) => Cluster.start({ ...options, atEnd }));
}

/** One directory for all tests of a file or group. */
export function sharedScratch(): () => string {
  return shared((atEnd) => scratch(atEnd));
}

function shared<T>(make: (atEnd: AtEnd) => Promise<T>): () => T {
  const cleanUps: (() => Promise<void>)[] = [];
  const made: T[] = [];
  beforeAll(async () => {
    made.push(await make((cleanUp) => cleanUps.unshift(cleanUp)));
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps) await cleanUp();
  });
  return () => {
    const [first] = made;
    if (first === undefined) throw new Error('It is there only while tests run');
    return first;
  };
}

/** Ends a process that this test started, if it still runs. */
export async function stop(program: Program): Promise<void> {
  if (program.child.exitCode === null && program.child.signalCode === null)
    program.signal('SIGKILL');
  await program.exited;
}
