import type { ArenaLease } from './arena.ts';
import { LINE_FEED } from './key-finder.ts';
import { RecordTooLongError } from './record-too-long-error.ts';

/** As much is collected before it is looked at: few calls, and little enough for a cache. */
const REGION_BYTES_MAX = 256 * 1024;
/** Of the memory that is there to group in, so that what waits is little beside it. */
const REGION_SHARE = 8;

/**
 * Lines on their way into the kernel: chunks of a program's output are laid behind one another in its
 * memory. A line of any length fits: for a long one another place is taken.
 */
export class LineInput {
  readonly #memory: ArenaLease;
  readonly #maxRecordBytes: number;
  #base: number;
  #capacity: number;
  #from: number;
  #end: number;
  #view: Uint8Array;

  /** @param budgetBytes what the table behind it has */
  constructor(memory: ArenaLease, budgetBytes: number, maxRecordBytes: number) {
    this.#memory = memory;
    this.#maxRecordBytes = maxRecordBytes;
    // One byte more, for a newline that a program did not write.
    this.#capacity = Math.min(REGION_BYTES_MAX, Math.ceil(budgetBytes / REGION_SHARE));
    this.#base = memory.reserve(this.#capacity + 1);
    this.#view = memory.memory;
    this.#from = this.#base;
    this.#end = this.#base;
  }

  /** The lines that wait: addresses of the first byte, and of the one behind the last. */
  get from(): number {
    return this.#from;
  }

  get end(): number {
    return this.#end;
  }

  get isFull(): boolean {
    return this.#end >= this.#base + this.#capacity;
  }

  /** Takes what fits of `chunk` from `at` on. Returns how many bytes that are. */
  append(chunk: Uint8Array, at: number): number {
    if (this.isFull) return 0;
    const count = Math.min(chunk.length - at, this.#base + this.#capacity - this.#end);
    this.#view.set(chunk.subarray(at, at + count), this.#end);
    this.#end += count;
    return count;
  }

  /** Completes a last line that has no newline. */
  endLine(): void {
    if (this.#end === this.#from || this.#view[this.#end - 1] === LINE_FEED) return;
    this.#view[this.#end++] = LINE_FEED;
  }

  /** Everything before this address has been taken. */
  consume(to: number): void {
    this.#from = to;
  }

  /**
   * Brings an incomplete line to the front, so that there is room behind it.
   * @throws {RecordTooLongError}
   */
  makeRoom(): void {
    const bytes = this.#end - this.#from;
    if (bytes > this.#maxRecordBytes) {
      throw new RecordTooLongError(this.#maxRecordBytes, this.#view, this.#from);
    }
    const from = this.#from;
    // So that copying long lines together takes time in proportion to their length.
    if (bytes > this.#capacity / 2) {
      this.#moveTo(
        Math.min(2 * this.#capacity, Math.max(this.#capacity, this.#maxRecordBytes) + 1),
      );
    }
    this.#view.copyWithin(this.#base, from, from + bytes);
    this.#from = this.#base;
    this.#end = this.#base + bytes;
  }

  #moveTo(capacity: number): void {
    this.#base = this.#memory.reserve(capacity + 1);
    this.#capacity = capacity;
    this.#view = this.#memory.memory;
  }
}
