import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { CleanUp } from './clean-up.ts';
import { treeCpuMs, treePeakBytes } from './process-tree.ts';
import { environment } from './shell.ts';

/** How a benchmark wants its cluster. */
export interface ClusterSpec {
  readonly name: string;
  readonly slots: number;
  /** Of one slot, in bytes. */
  readonly sortBuffer: number;
  /** CPUs that the Worker and its programs are bound to, as `taskset -c` takes them. */
  readonly cpus?: string;
}

interface StartOptions {
  readonly directory: string;
  readonly cleanUp: CleanUp;
  readonly loglevel?: 'info' | 'debug';
}

const MIB = 1024 * 1024;
const READY_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;
/** Programs and connections of the job are gone by then. */
const SETTLE_MS = 100;

/** Two slots with the buffers that a Worker has by default. */
export const DEFAULT_CLUSTER: ClusterSpec = {
  name: '2 slots',
  slots: 2,
  sortBuffer: 256 * MIB,
};

/** A Manager and one Worker: processes of `bin/`, on free ports, in a directory of their own. */
export class Cluster {
  readonly port: number;
  readonly sharedDirectory: string;
  readonly #manager: Daemon;
  readonly #worker: Daemon;

  private constructor(manager: Daemon, worker: Daemon, port: number, sharedDirectory: string) {
    this.#manager = manager;
    this.#worker = worker;
    this.port = port;
    this.sharedDirectory = sharedDirectory;
  }

  /** @throws Error if one of the two does not get ready. */
  static async start(spec: ClusterSpec, options: StartOptions): Promise<Cluster> {
    const { directory, cleanUp, loglevel = 'info' } = options;
    const sharedDirectory = join(directory, 'shared');
    mkdirSync(directory);
    const place = { directory, cleanUp };
    const managerWords = ['mapreduce-manager', '--port', '0', '--shared-dir', sharedDirectory];
    const manager = new Daemon([...managerWords, '--loglevel', loglevel], place);
    const port = Number(await manager.said(/listening on 127\.0\.0\.1:(\d+)/));
    const buffer = String(Math.max(MIB, Math.floor(spec.sortBuffer)));
    const pinned = spec.cpus === undefined ? [] : ['taskset', '-c', spec.cpus];
    const workerWords = ['mapreduce-worker', '--manager-port', String(port)];
    const limits = ['--slots', String(spec.slots), '--sort-buffer', buffer];
    const worker = new Daemon([...pinned, ...workerWords, ...limits], place);
    await worker.said(/command send (ready)/);
    return new Cluster(manager, worker, port, sharedDirectory);
  }

  get logfile(): string {
    return join(this.sharedDirectory, 'logs/manager.jsonl');
  }

  /** CPU time of both daemons and all that they ran, in ms, once the last job has settled. */
  async cpuMs(): Promise<number> {
    await elapsed(SETTLE_MS);
    return treeCpuMs(this.#manager.pid) + treeCpuMs(this.#worker.pid);
  }

  /** Highest resident sizes so far; between jobs the Worker has no children but its own. */
  peaks(): { readonly managerBytes: number; readonly workerBytes: number } {
    return {
      managerBytes: treePeakBytes(this.#manager.pid),
      workerBytes: treePeakBytes(this.#worker.pid),
    };
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
    await this.#manager.stop();
  }
}

/** One daemon, ended by its process id when the run ends. */
class Daemon {
  readonly stop: () => Promise<void>;
  readonly #child: ChildProcess;
  readonly #name: string;
  #said = '';

  constructor(words: readonly string[], { directory, cleanUp }: StartOptions) {
    const [program = '', ...args] = words;
    this.#name = words.find((word) => word.startsWith('mapreduce-')) ?? program;
    this.stop = cleanUp.add(() => this.#end());
    this.#child = spawn(program, args, {
      cwd: directory,
      env: environment(directory),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.#name} did not start`);
    return pid;
  }

  /** Waits until stderr matches; gives the first group of the match. */
  async said(pattern: RegExp): Promise<string> {
    const limit = AbortSignal.timeout(READY_LIMIT_MS);
    const ended = once(this.#child, 'close', { signal: limit });
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found) {
        ended.catch(() => undefined);
        return found[1] ?? '';
      }
      const news = once(this.#child.stderr ?? this.#child, 'data', { signal: limit });
      await Promise.race([news, ended]).catch(() => {
        throw new Error(`${this.#name} does not get ready:\n${this.#said}`);
      });
      if (this.#hasEnded()) throw new Error(`${this.#name} ended at once:\n${this.#said}`);
    }
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Only what is said while it starts is of use; later it would pile up. */
  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-MIB);
  }

  async #end(): Promise<void> {
    if (this.#hasEnded() || this.#child.pid === undefined) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([ended, elapsed(STOP_LIMIT_MS, undefined, { ref: false })]);
    if (this.#hasEnded()) return;
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/** Removes what a stopped cluster leaves; its guard process may be doing so too. */
export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
