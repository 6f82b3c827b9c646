import type { ArenaLease } from './arena.ts';
import type { GroupCursor } from './group-cursor.ts';
import type { TableKernel } from './table-kernel.ts';

/** Bytes of a `Walk` in the kernel's memory, and where its fields are in it, in words. */
const WALK_BYTES = 64;
const KEY = 2;
const KEY_BYTES = 3;
const VALUE = 4;
const VALUE_BYTES = 5;
const TIMES = 6;

/** So many walks may be open at once. */
const WALKS = 2;

/** A table that was sorted, by partition. Valid until the table is cleared. */
export class SortedTable {
  readonly #memory: ArenaLease;
  readonly #walks: number;
  #walksBegun = 0;

  /** Takes a little of the memory. */
  constructor(memory: ArenaLease) {
    this.#memory = memory;
    this.#walks = memory.reserve(WALKS * WALK_BYTES);
  }

  /** Whether a partition has any records. */
  hasAny(partition: number): boolean {
    return this.#memory.kernel.listedIn(partition) !== 0;
  }

  /** A new walk over the groups of a partition. Of two that are open one may look at values. */
  walk(partition: number): GroupCursor {
    const address = this.#walks + (this.#walksBegun++ % WALKS) * WALK_BYTES;
    this.#memory.kernel.walkPartition(address, partition);
    return new TableWalk(this.#memory, address);
  }
}

class TableWalk implements GroupCursor {
  readonly keyBytes: Uint8Array;
  readonly valueBytes: Uint8Array;
  readonly #kernel: TableKernel;
  readonly #address: number;
  readonly #fields: Uint32Array;

  constructor(memory: ArenaLease, address: number) {
    const { buffer } = memory.memory;
    this.keyBytes = new Uint8Array(buffer);
    this.valueBytes = this.keyBytes;
    this.#kernel = memory.kernel;
    this.#address = address;
    this.#fields = new Uint32Array(buffer, address, WALK_BYTES / 4);
  }

  get keyStart(): number {
    return this.#fields[KEY] as number;
  }

  get keyEnd(): number {
    return this.keyStart + (this.#fields[KEY_BYTES] as number);
  }

  get valueStart(): number {
    return this.#fields[VALUE] as number;
  }

  get valueEnd(): number {
    return this.isBare ? this.valueStart : this.valueStart + (this.#fields[VALUE_BYTES] as number);
  }

  get isBare(): boolean {
    return this.#fields[VALUE_BYTES] === 0xffffffff;
  }

  get times(): number {
    return this.#fields[TIMES] as number;
  }

  nextGroup(): boolean {
    return this.#kernel.nextGroup(this.#address) !== 0;
  }

  nextItem(): boolean {
    return this.#kernel.nextValue(this.#address) !== 0;
  }
}
