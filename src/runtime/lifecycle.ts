import { writeSync } from 'node:fs';
import { EXIT_CODES } from './exit-codes.ts';
import type { Log } from './log.ts';
import { errorText } from './system-error.ts';
import { within } from './within.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

export interface LifecycleOptions {
  /** `Manager`, `Worker`, `mapreduce-submit`: who has the bug when there is one. */
  readonly name: string;
  readonly log: Log;
  /** The first signals, counted from 1, before {@link forcedSignal}. It ends the process itself. */
  readonly onSignal: (signal: StopSignal, count: number) => void;
  /** The signal of this number ends the process at once. Default 2. */
  readonly forcedSignal?: number;
  /** How long all releases together may take before the process ends without them. Default 10 s. */
  readonly releaseTimeoutMs?: number;
  /** Ends the process; for tests. */
  readonly exitProcess?: (code: number) => void;
}

/** The end of a process: signals, bugs, and what must be released before, in order. */
export interface Lifecycle {
  /** Adds something to release before the end, last added first. */
  atExit(name: string, release: () => void | Promise<void>): void;
  /** Releases everything, waits for the log, ends the process. The first call's code holds. */
  exit(code: number): Promise<void>;
  /** A broken invariant: one line on stderr, the stack in the log, exit 70. */
  bug(error: unknown): void;
  /** Stops listening to signals and errors, for processes that go on. */
  dispose(): void;
}

const RELEASE_TIMEOUT_MS = 10_000;

/** Takes over the process's signals and uncaught errors. */
export function startLifecycle(options: LifecycleOptions): Lifecycle {
  return new ProcessLifecycle(options);
}

class ProcessLifecycle implements Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #releases: { name: string; release: () => void | Promise<void> }[] = [];
  #signals = 0;
  #exiting: Promise<void> | undefined;
  #exitCode = 0;

  readonly #onSigint = (): void => this.#signal('SIGINT');
  readonly #onSigterm = (): void => this.#signal('SIGTERM');
  readonly #onError = (error: unknown): void => this.bug(error);

  constructor(options: LifecycleOptions) {
    this.#options = options;
    process.on('SIGINT', this.#onSigint);
    process.on('SIGTERM', this.#onSigterm);
    process.on('uncaughtException', this.#onError);
    process.on('unhandledRejection', this.#onError);
  }

  atExit(name: string, release: () => void | Promise<void>): void {
    this.#releases.push({ name, release });
  }

  exit(code: number): Promise<void> {
    this.#exiting ??= this.#end(code);
    return this.#exiting;
  }

  bug(error: unknown): void {
    const { name, log } = this.#options;
    const text = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? error.stack : undefined;
    // Straight to the descriptor: the log may be what is broken.
    complain(`Internal error in ${name}: ${text}`);
    log.error(`Internal error: ${text}`, { stack });
    this.#exitCode = EXIT_CODES.bug;
    void this.exit(EXIT_CODES.bug);
  }

  dispose(): void {
    process.off('SIGINT', this.#onSigint);
    process.off('SIGTERM', this.#onSigterm);
    process.off('uncaughtException', this.#onError);
    process.off('unhandledRejection', this.#onError);
  }

  #signal(signal: StopSignal): void {
    this.#signals += 1;
    if (this.#signals < (this.#options.forcedSignal ?? 2)) {
      this.#options.onSignal(signal, this.#signals);
      return;
    }
    this.#options.log.warn(`Leaving at once: ${signal} again`);
    const code = signal === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.terminated;
    void this.#closeLog().then(() => this.#exitProcess(code));
  }

  async #end(code: number): Promise<void> {
    this.#exitCode ||= code;
    await within(this.#options.releaseTimeoutMs ?? RELEASE_TIMEOUT_MS, this.#releaseAll());
    await this.#closeLog();
    this.#exitProcess(this.#exitCode);
  }

  async #releaseAll(): Promise<void> {
    for (let next = this.#releases.pop(); next; next = this.#releases.pop()) {
      try {
        await next.release();
      } catch (error) {
        this.#options.log.warn(`Cannot release ${next.name}: ${errorText(error)}`);
      }
    }
  }

  /** A log on a hung file system must not keep the process. */
  #closeLog(): Promise<void> {
    return within(2_000, this.#options.log.close());
  }

  #exitProcess(code: number): void {
    const exitProcess = this.#options.exitProcess ?? ((status) => process.exit(status));
    exitProcess(code);
  }
}

/** Writes one line to stderr that nothing can hold back. */
export function complain(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // stderr is gone; there is nobody to tell.
  }
}
