import type { Chunks } from './chunks.ts';
import type { Merge } from './merge.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * A merge as lines `key separator value`, every value as often as it came. Chunks lie in the memory
 * of the merge.
 *
 * When they are held back, every chunk is handed out only when the next one is there, and the last
 * one when it is known that there is none: so the end of what others read never precedes an error.
 */
export class MergedLines implements Chunks {
  bytes = 0;
  readonly #merge: Merge;
  /** Where the next chunk goes, and where the last one is. */
  #free: number;
  #filled: number;
  /** Bytes of the chunk that is held back, when there is one. */
  #held: number | undefined;
  #isHeldBack: boolean;

  constructor(merge: Merge, separator: Uint8Array, isHeldBack: boolean) {
    const { memory } = merge;
    const { kernel } = memory;
    this.#merge = merge;
    this.#isHeldBack = isHeldBack;
    this.#free = memory.take(kernel.mergeChunkBytes(CHUNK_BYTES));
    this.#filled = isHeldBack ? memory.take(kernel.mergeChunkBytes(CHUNK_BYTES)) : this.#free;
    const separatorAt = memory.take(separator.length);
    memory.bytes.set(separator, separatorAt);
    kernel.mergeLinesBegin(separatorAt, separator.length);
  }

  next(): Uint8Array | undefined {
    if (!this.#isHeldBack) return this.#show(this.#free, this.#fill());
    const due = this.#held ?? this.#fillOther();
    const at = this.#filled;
    this.#held = due === 0 ? 0 : this.#fillOther();
    return this.#show(at, due);
  }

  #fillOther(): number {
    const bytes = this.#fill();
    [this.#free, this.#filled] = [this.#filled, this.#free];
    return bytes;
  }

  #fill(): number {
    return this.#merge.memory.kernel.mergeLines(this.#free, CHUNK_BYTES);
  }

  #show(at: number, bytes: number): Uint8Array | undefined {
    if (bytes === 0) return undefined;
    this.bytes += bytes;
    return this.#merge.memory.bytes.subarray(at, at + bytes);
  }
}
