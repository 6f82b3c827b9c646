import { dirname } from 'node:path';
import type { RunFooter } from './run-format.ts';

/** What is read of a run before any of its blocks. */
export interface RunIndex {
  readonly footer: RunFooter;
  /** All rows one behind another; undefined when they are so long that each is read by itself. */
  readonly rows: Buffer | undefined;
}

/** Bytes of a run. */
interface Window {
  readonly offset: number;
  readonly bytes: Buffer;
}

interface Remembered {
  readonly index: RunIndex;
  window?: Window;
}

const MIB = 1024 * 1024;
const BYTES_MAX = 16 * MIB;
/** About what an entry takes besides its rows and its window. */
const ENTRY_BYTES = 512;

/**
 * What a slot remembers of the runs of one job from one reduce task to the next: each task reads
 * another row of the index of the same runs, and another block, mostly soon behind the last one. With
 * many short runs it costs far more to find a block than to read it.
 *
 * A run does not change under its name, and every block is checked against its row: whoever finds a
 * block that is not as its row says has the run forgotten, and all is read anew next time.
 */
export class RunMemory {
  readonly #bytesMax: number;
  readonly #runs = new Map<string, Remembered>();
  #directory = '';
  #bytes = 0;

  constructor(bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  index(path: string): RunIndex | undefined {
    return this.#runs.get(path)?.index;
  }

  /**
   * Keeps an index while there is room. What is there stays: runs are read in turns, so that to make
   * room for the last ones would throw out each before it is wanted again.
   */
  keepIndex(path: string, index: RunIndex): void {
    const directory = dirname(path);
    if (directory !== this.#directory) this.#begin(directory);
    const run = { index };
    if (this.#bytes + bytesOf(run) > this.#bytesMax) return;
    this.#runs.set(path, run);
    this.#bytes += bytesOf(run);
  }

  /** A block of a run, if it lies in what was read with an earlier one. */
  block(path: string, offset: number, length: number): Buffer | undefined {
    const window = this.#runs.get(path)?.window;
    if (window === undefined) return undefined;
    const at = offset - window.offset;
    if (at < 0 || at + length > window.bytes.length) return undefined;
    return window.bytes.subarray(at, at + length);
  }

  /** Keeps what lies at a place of a run whose index is kept, in place of what was kept of it before. */
  keepWindow(path: string, offset: number, bytes: Buffer): void {
    const run = this.#runs.get(path);
    if (run === undefined) return;
    this.#bytes -= run.window?.bytes.length ?? 0;
    delete run.window;
    if (this.#bytes + bytes.length > this.#bytesMax) return;
    run.window = { offset, bytes };
    this.#bytes += bytes.length;
  }

  forget(path: string): void {
    const run = this.#runs.get(path);
    if (run === undefined) return;
    this.#runs.delete(path);
    this.#bytes -= bytesOf(run);
  }

  /** Another job: nobody asks for the last one's runs any more. */
  #begin(directory: string): void {
    this.#directory = directory;
    this.#runs.clear();
    this.#bytes = 0;
  }
}

function bytesOf({ index, window }: Remembered): number {
  return ENTRY_BYTES + (index.rows?.length ?? 0) + (window?.bytes.length ?? 0);
}
