import type { Chunks } from './chunks.ts';

/**
 * Hands every chunk out only when the next one is there, and the last one when it is known that there
 * is none: so the end of what others read never precedes an error.
 */
export class HeldChunks implements Chunks {
  bytes = 0;
  records = 0;
  readonly #chunks: Chunks;
  /** The chunk that waits, and the memory of the one that is out. */
  #held: Held | undefined;
  #spare: Uint8Array = new Uint8Array(0);
  #hasBegun = false;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  next(): Uint8Array | undefined {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#held = this.#take();
    }
    const due = this.#held;
    if (due === undefined) return undefined;
    this.#held = this.#take();
    this.#spare = due.memory;
    this.bytes += due.length;
    this.records = due.recordsSoFar;
    return due.memory.subarray(0, due.length);
  }

  /** A copy of the next chunk: its own memory is used again. */
  #take(): Held | undefined {
    const chunk = this.#chunks.next();
    if (chunk === undefined) return undefined;
    const { length } = chunk;
    const memory = this.#spare.length < length ? new Uint8Array(length) : this.#spare;
    this.#spare = new Uint8Array(0);
    memory.set(chunk);
    return { memory, length, recordsSoFar: this.#chunks.records };
  }
}

interface Held {
  readonly memory: Uint8Array;
  readonly length: number;
  readonly recordsSoFar: number;
}
