import type { ArenaLease } from './arena.ts';
import type { Kernel } from './kernel.ts';

/** Memory behind what was leased. */
interface Extra {
  readonly address: number;
  readonly bytes: number;
}

/**
 * Hands out the memory of a lease, pass by pass: windows come out of what was leased, and what does
 * not fit there lies behind it.
 */
export class MergeMemory {
  readonly kernel: Kernel;
  readonly #lease: ArenaLease;
  readonly #end: number;
  #next: number;
  #used: Extra[] = [];
  #spare: Extra[] = [];
  #bytes: Uint8Array;
  #words: Uint32Array;
  #doubles: Float64Array;

  /** `leasedBytes` as the lease was asked for. */
  constructor(lease: ArenaLease, leasedBytes: number) {
    this.kernel = lease.kernel;
    this.#lease = lease;
    this.#next = lease.base;
    this.#end = lease.base + leasedBytes;
    this.#bytes = lease.memory;
    this.#words = new Uint32Array(this.#bytes.buffer);
    this.#doubles = new Float64Array(this.#bytes.buffer);
  }

  /** The whole memory; an address is an index. To be read anew after memory was taken. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  wordAt(address: number): number {
    return this.#words[address >>> 2] as number;
  }

  doubleAt(address: number): number {
    return this.#doubles[address >>> 3] as number;
  }

  /** Has all that {@link take} gave out used again. */
  reset(): void {
    this.#next = this.#lease.base;
    this.#spare.push(...this.#used);
    this.#used = [];
  }

  /**
   * The address of so many bytes.
   *
   * @throws {RangeError} when the system has no room for them
   */
  take(bytes: number): number {
    const address = this.#next;
    if (address + bytes <= this.#end) {
      this.#next += bytes;
      return address;
    }
    const place = this.#spare.findIndex((extra) => extra.bytes >= bytes);
    const [spare] = place < 0 ? [] : this.#spare.splice(place, 1);
    const extra = spare ?? { address: this.reserve(bytes), bytes };
    this.#used.push(extra);
    return extra.address;
  }

  /** The same until the end of the lease, and never out of what was leased. */
  reserve(bytes: number): number {
    const address = this.#lease.reserve(bytes);
    if (this.#bytes.length === 0) {
      this.#bytes = this.#lease.memory;
      this.#words = new Uint32Array(this.#bytes.buffer);
      this.#doubles = new Float64Array(this.#bytes.buffer);
    }
    return address;
  }
}
