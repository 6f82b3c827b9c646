import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { FifoPool } from '../../runtime/launch/fifos.ts';
import { type GuardLine, guardLine } from './guard-line.ts';
import { GUARD_SCRIPT } from './guard-script.ts';

export interface GuardOptions {
  /** The private directory of this Worker process; the guard removes it at the end. */
  readonly scratchDirectory: string;
  /** Another one to remove. */
  readonly memoryDirectory?: string | undefined;
  /** The guard has ended although the Worker lives; another one was started. */
  readonly onRestarted?: (reason: string) => void;
}

const NONCE_BYTES = 16;
/** Between two starts of a guard that cannot live. */
const RESTART_DELAY_MS = 200;
const GUARD_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * A small process beside the Worker that outlives it by a moment: it holds the end of a pipe that
 * only the Worker writes to. When the Worker is gone, killed or not, it kills all the Worker's
 * programs with everything they started, and removes the scratch directory.
 */
export class Guard {
  /** What marks this Worker's programs; part of their environment. */
  readonly nonce = randomBytes(NONCE_BYTES).toString('hex');
  readonly #options: GuardOptions;
  readonly #reader: number;
  readonly #writer: number;
  #closing = false;
  #processId = 0;
  readonly #ended: Promise<void>;

  static async start(options: GuardOptions): Promise<Guard> {
    const fifos = new FifoPool(`${options.scratchDirectory}/guard`, 1);
    try {
      const { own, paths, release } = await fifos.take();
      const reader = openSync(paths.stdin, 'r');
      release();
      for (const unused of [own.stdout, own.stderr]) closeSync(unused);
      return new Guard(options, reader, own.stdin);
    } finally {
      fifos.close();
    }
  }

  private constructor(options: GuardOptions, reader: number, writer: number) {
    this.#options = options;
    this.#reader = reader;
    this.#writer = writer;
    this.#ended = this.#run().finally(() => {
      // Not before: a guard that is just being replaced still has to do its work.
      closeSync(reader);
    });
  }

  /** The descriptor to write lines to, from any thread of this process. */
  get descriptor(): number {
    return this.#writer;
  }

  /** The guard process that runs now; 0 while there is none. */
  get processId(): number {
    return this.#processId;
  }

  get line(): GuardLine {
    return guardLine(this.#writer);
  }

  /** Lets the guard do its work now; settles when it has ended and the scratch directory is gone. */
  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      closeSync(this.#writer);
    }
    await this.#ended;
  }

  async #run(): Promise<void> {
    for (;;) {
      const startedMs = performance.now();
      const guard = this.#startProcess();
      this.#processId = guard.pid ?? 0;
      const { exitCode, signal } = await guard;
      this.#processId = 0;
      if (this.#closing) return;
      // Programs that run already are found by their environment alone: one layer less.
      this.#options.onRestarted?.(signal ?? `exit code ${String(exitCode)}`);
      if (performance.now() - startedMs < RESTART_DELAY_MS) await sleep(RESTART_DELAY_MS);
    }
  }

  #startProcess() {
    const { scratchDirectory, memoryDirectory } = this.#options;
    const directories = memoryDirectory === undefined ? [] : [memoryDirectory];
    // Any descriptor will do; the types list the first few only.
    const stdin = this.#reader as 3;
    const args = ['muster-guard', this.nonce, scratchDirectory, ...directories];
    return execa('/bin/sh', ['-c', GUARD_SCRIPT, ...args], {
      cwd: '/',
      // Without the nonce: it must not find itself.
      env: { PATH: GUARD_PATH, LC_ALL: 'C' },
      extendEnv: false,
      detached: true,
      cleanup: false,
      stdio: [stdin, 'ignore', 'ignore'],
      buffer: false,
      reject: false,
    });
  }
}
