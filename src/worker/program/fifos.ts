import { closeSync, constants, mkdirSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** One descriptor for each standard stream. */
export interface StreamDescriptors {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** The three FIFOs of one program: its ends, which block, and ours, which do not. */
export interface ProgramFifos {
  readonly program: StreamDescriptors;
  readonly own: StreamDescriptors;
}

const FIFOS_PER_PROGRAM = 3;
/** Programs per `mkfifo` process: a start costs as much as hundreds of FIFOs. */
const PROGRAMS_PER_BATCH = 32;

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

  /** Opens a fresh triple; the caller closes all six descriptors. */
  async take(): Promise<ProgramFifos> {
    if (this.#ready.length < FIFOS_PER_PROGRAM) await this.#makeBatch();
    const opened: number[] = [];
    try {
      const [stdin, ownStdin] = this.#open(openForProgramToRead, opened);
      const [stdout, ownStdout] = this.#open(openForProgramToWrite, opened);
      const [stderr, ownStderr] = this.#open(openForProgramToWrite, opened);
      return {
        program: { stdin, stdout, stderr },
        own: { stdin: ownStdin, stdout: ownStdout, stderr: ownStderr },
      };
    } catch (error) {
      for (const descriptor of opened) closeSync(descriptor);
      throw error;
    }
  }

  close(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #open(open: (path: string) => Ends, opened: number[]): Ends {
    const path = this.#ready.pop();
    if (path === undefined) throw new Error('no FIFO was made');
    try {
      const ends = open(path);
      opened.push(...ends);
      return ends;
    } finally {
      unlinkSync(path);
    }
  }

  async #makeBatch(): Promise<void> {
    const count = FIFOS_PER_PROGRAM * this.#programsPerBatch;
    const paths = Array.from({ length: count }, () =>
      join(this.#directory, `fifo-${String(this.#made++)}`),
    );
    await execa('mkfifo', ['-m', '600', '--', ...paths]);
    this.#ready.push(...paths);
  }
}

/** The program's end, then ours. */
type Ends = readonly [number, number];

/**
 * An end that does not block opens at once only where the other end is open; so a reader that
 * does not block comes first, and the program's blocking reader opens beside our writer.
 */
function openForProgramToRead(path: string): Ends {
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const own = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      return [openSync(path, constants.O_RDONLY), own];
    } catch (error) {
      closeSync(own);
      throw error;
    }
  } finally {
    closeSync(first);
  }
}

function openForProgramToWrite(path: string): Ends {
  const own = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return [openSync(path, constants.O_WRONLY), own];
  } catch (error) {
    closeSync(own);
    throw error;
  }
}
