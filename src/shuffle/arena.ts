import { assert } from '../runtime/assert.ts';
import {
  type Kernel,
  KERNEL_BYTES,
  makeKernel,
  makeMemory,
  PAGE_BYTES,
  type WasmMemory,
} from './kernel.ts';

const GIB = 1024 ** 3;

/** The largest arena: offsets inside it stay exact and one WebAssembly memory can hold it. */
const ARENA_BYTES_MAX = 3 * GIB;
/** What may be reserved on top of it, for records that are larger than the arena's user planned. */
const MEMORY_BYTES_MAX = 4 * GIB - PAGE_BYTES;
/** Less than this is never far too large. */
const SMALL_BYTES = 4 * 1024 * 1024;
/** The kernel reads a little past what it is given. */
const SLACK_BYTES = 64;

/** A leased arena. */
export interface ArenaLease {
  /** Works in this memory; one user at a time has it, too. */
  readonly kernel: Kernel;
  /** The address of the first byte that may be used. */
  readonly base: number;
  /** The whole memory, an address being an index. To be read anew after {@link reserve}. */
  readonly memory: Uint8Array;
  /**
   * More memory, past all that was given out before, until the lease ends.
   * @returns its address
   * @throws {RangeError} when the system has no room for it
   */
  reserve(bytes: number): number;
  /** Gives the memory back. May be called again without effect. */
  release(): void;
}

/**
 * The big memory of one slot, kept from task to task: the group table of a map task lives in it, then
 * the windows of a reduce task.
 *
 * It is a WebAssembly memory because such memory is left out of the page-table copy when a program is
 * started, which makes starting one 5 to 60 times cheaper, and because the kernel works in it. Pages
 * cost nothing until they are touched.
 */
export class Arena {
  #memory: WasmMemory | undefined;
  #kernel: Kernel | undefined;
  #lease: ArenaLease | undefined;

  /**
   * Hands out at least `bytes` bytes of memory, content undefined, to one user at a time.
   *
   * @throws {RangeError} when `bytes` is over 3 GiB or the system has no room for it
   */
  lease(bytes: number): ArenaLease {
    assert(this.#lease === undefined, 'an arena serves one task at a time');
    if (bytes > ARENA_BYTES_MAX) {
      throw new RangeError(
        `Cannot use a sort buffer of ${bytes} bytes: more than 3 GiB (${ARENA_BYTES_MAX}) cannot be addressed; use more slots with less each`,
      );
    }
    const memory = this.#atLeast(KERNEL_BYTES + bytes + SLACK_BYTES);
    this.#kernel ??= makeKernel(memory);
    const lease = new Lease(memory, this.#kernel, bytes, () => {
      if (this.#lease === lease) this.#lease = undefined;
    });
    this.#lease = lease;
    return lease;
  }

  #atLeast(bytes: number): WasmMemory {
    // A memory never shrinks. One that is far too large for the job at hand is left to the collector.
    if (this.#memory !== undefined && this.#memory.buffer.byteLength > 2 * bytes + SMALL_BYTES) {
      this.#memory = undefined;
      this.#kernel = undefined;
    }
    this.#memory ??= refusing(bytes, () => makeMemory(MEMORY_BYTES_MAX));
    growTo(this.#memory, bytes);
    return this.#memory;
  }
}

class Lease implements ArenaLease {
  readonly kernel: Kernel;
  readonly base = KERNEL_BYTES;
  readonly release: () => void;
  readonly #memory: WasmMemory;
  #top: number;

  constructor(memory: WasmMemory, kernel: Kernel, bytes: number, release: () => void) {
    this.kernel = kernel;
    this.release = release;
    this.#memory = memory;
    this.#top = KERNEL_BYTES + bytes;
  }

  get memory(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  reserve(bytes: number): number {
    const address = Math.ceil((this.#top + SLACK_BYTES) / SLACK_BYTES) * SLACK_BYTES;
    growTo(this.#memory, address + bytes + SLACK_BYTES);
    this.#top = address + bytes;
    return address;
  }
}

function growTo(memory: WasmMemory, bytes: number): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  if (missing > 0) refusing(bytes, () => memory.grow(missing));
}

function refusing<T>(bytes: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    throw new RangeError(
      `Cannot use a sort buffer of ${bytes} bytes: the system refused the memory`,
      { cause: error },
    );
  }
}
