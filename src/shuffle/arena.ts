import { assert } from '../runtime/assert.ts';

const PAGE_BYTES = 65_536;
const GIB = 1024 ** 3;

/** The largest arena: offsets inside it stay exact and one WebAssembly memory can hold it. */
const ARENA_BYTES_MAX = 3 * GIB;

/** The part of the WebAssembly interface used here; neither ES nor Node types declare it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
};

/** A leased arena: the same memory seen as bytes and as 32-bit words. */
export interface ArenaLease {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Gives the memory back. May be called again without effect. */
  release(): void;
}

/**
 * The big memory of one slot, kept from task to task: the group table of a map task lives in it, then
 * the windows of a reduce task.
 *
 * It is a WebAssembly memory because such memory is left out of the page-table copy when a program is
 * started, which makes starting one 5 to 60 times cheaper. Pages cost nothing until they are touched.
 */
export class Arena {
  #memory: WasmMemory | undefined;
  #lease: ArenaLease | undefined;

  /**
   * Hands out at least `bytes` bytes of memory, content undefined, to one user at a time.
   *
   * @throws {RangeError} when `bytes` is over 3 GiB or the system has no room for it
   */
  lease(bytes: number): ArenaLease {
    assert(this.#lease === undefined, 'an arena serves one task at a time');
    const { buffer } = this.#atLeast(bytes);
    const lease: ArenaLease = {
      bytes: new Uint8Array(buffer),
      words: new Int32Array(buffer),
      release: () => {
        if (this.#lease === lease) this.#lease = undefined;
      },
    };
    this.#lease = lease;
    return lease;
  }

  #atLeast(bytes: number): WasmMemory {
    if (bytes > ARENA_BYTES_MAX) {
      throw new RangeError(
        `Cannot use a sort buffer of ${bytes} bytes: more than 3 GiB (${ARENA_BYTES_MAX}) cannot be addressed; use more slots with less each`,
      );
    }
    const pages = Math.ceil(bytes / PAGE_BYTES);
    // A memory never shrinks. One that is far too large for the job at hand is left to the collector.
    if (this.#memory !== undefined && this.#memory.buffer.byteLength > 2 * pages * PAGE_BYTES) {
      this.#memory = undefined;
    }
    try {
      this.#memory ??= new WebAssembly.Memory({
        initial: 0,
        maximum: ARENA_BYTES_MAX / PAGE_BYTES,
      });
      const missing = pages - this.#memory.buffer.byteLength / PAGE_BYTES;
      if (missing > 0) this.#memory.grow(missing);
    } catch (error) {
      throw new RangeError(
        `Cannot use a sort buffer of ${bytes} bytes: the system refused the memory`,
        { cause: error },
      );
    }
    return this.#memory;
  }
}
