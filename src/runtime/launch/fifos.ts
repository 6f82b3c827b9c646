import { closeSync, constants, mkdirSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { assert } from '../assert.ts';

/** One descriptor for each standard stream. */
export interface StreamDescriptors {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** The three FIFOs of one program. */
export interface ProgramFifos {
  /** Our ends, which do not block. */
  readonly own: StreamDescriptors;
  /** Where the program opens its ends, until they are released. */
  readonly paths: Readonly<Record<keyof StreamDescriptors, string>>;
  /**
   * Unlinks them; those who have them open keep them. Until then its stdin has a reader, so that
   * what is written before the program has opened it waits there. Idempotent.
   */
  readonly release: () => void;
}

/** Makes FIFOs that only their owner can use. */
export type FifoMaker = (paths: readonly string[]) => Promise<void>;

const FIFOS_PER_PROGRAM = 3;
/** Programs per `mkfifo` process: a start costs as much as hundreds of FIFOs. */
const PROGRAMS_PER_BATCH = 32;
const MKFIFO = ['mkfifo', '-m', '600', '--'] as const;

/**
 * Makes the FIFOs of a slot's programs, many per `mkfifo` call because Node has none of its own.
 *
 * Node's own pipes are socket pairs, through which a program cannot open `/dev/stdout`,
 * `/dev/stderr` or `/dev/stdin` again; through a FIFO it can, unlinked or not.
 * A FIFO serves one program only, so that a left-over child cannot write into another attempt.
 */
export class FifoPool {
  readonly #directory: string;
  readonly #programsPerBatch: number;
  #make: FifoMaker = makeByProcess;
  #made = 0;
  readonly #ready: string[] = [];

  /**
   * @param directory is made, anew if a thread of this slot has died and left FIFOs in it; private
   * @param programsPerBatch how many triples to make at once
   */
  constructor(directory: string, programsPerBatch = PROGRAMS_PER_BATCH) {
    this.#directory = directory;
    this.#programsPerBatch = programsPerBatch;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Makes FIFOs ahead, so that the next programs do not wait for it. */
  async warm(): Promise<void> {
    if (this.#ready.length < FIFOS_PER_PROGRAM) await this.#makeBatch();
  }

  /** Opens a fresh triple; the caller closes our ends and releases the program's. */
  async take(): Promise<ProgramFifos> {
    while (this.#ready.length < FIFOS_PER_PROGRAM) await this.#makeBatch();
    const paths = {
      stdin: this.#nextPath(),
      stdout: this.#nextPath(),
      stderr: this.#nextPath(),
    };
    const opened: number[] = [];
    const open = (path: string, access: number): number => {
      const descriptor = openSync(path, access | constants.O_NONBLOCK);
      opened.push(descriptor);
      return descriptor;
    };
    try {
      // A writer that does not block can be opened only where there is a reader.
      const reader = open(paths.stdin, constants.O_RDONLY);
      const own = {
        stdin: open(paths.stdin, constants.O_WRONLY),
        stdout: open(paths.stdout, constants.O_RDONLY),
        stderr: open(paths.stderr, constants.O_RDONLY),
      };
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        closeSync(reader);
        unlinkAll(paths);
      };
      return { own, paths, release };
    } catch (error) {
      for (const descriptor of opened) closeSync(descriptor);
      unlinkAll(paths);
      throw error;
    }
  }

  /** From now on FIFOs are made so. */
  makeBy(make: FifoMaker): void {
    this.#make = make;
  }

  close(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #nextPath(): string {
    const path = this.#ready.pop();
    assert(path !== undefined, 'FIFOs were made');
    return path;
  }

  async #makeBatch(): Promise<void> {
    const count = FIFOS_PER_PROGRAM * this.#programsPerBatch;
    const paths = Array.from({ length: count }, () =>
      join(this.#directory, `fifo-${String(this.#made++)}`),
    );
    await this.#make(paths);
    this.#ready.push(...paths);
  }
}

/** The words of a command that makes FIFOs. */
export function mkfifoCommand(paths: readonly string[]): readonly [string, ...string[]] {
  return [...MKFIFO, ...paths];
}

/** Costs much where this process is big. */
export async function makeByProcess(paths: readonly string[]): Promise<void> {
  const [program, ...args] = mkfifoCommand(paths);
  await execa(program, args);
}

function unlinkAll(paths: ProgramFifos['paths']): void {
  for (const path of Object.values(paths)) {
    try {
      unlinkSync(path);
    } catch (error) {
      // Gone with their directory.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
