import { crc32 } from 'node:zlib';
import type { RunFile } from './run-file.ts';
import type { RunBlock } from './run-format.ts';

/**
 * Loads one block of a run, or several that lie one behind another in a segment, piece by piece. The
 * checksum of a block is compared as soon as its last byte is there.
 */
export class BlockReader {
  readonly #file: RunFile;
  readonly #blocks: readonly RunBlock[];
  #offset: number;
  #unread: number;
  /** How many blocks have been loaded, and how much of the one at hand. */
  #block = 0;
  #blockLoaded = 0;
  #crc = 0;
  #isOpen = true;

  /** Opens the file if it is not open, until all is loaded or {@link close}. */
  constructor(file: RunFile, blocks: readonly RunBlock[]) {
    this.#file = file;
    this.#blocks = blocks;
    this.#offset = blocks[0]?.offset ?? 0;
    this.#unread = blocks.reduce((sum, { length }) => sum + length, 0);
    file.retain();
  }

  /** Bytes that are not loaded yet. */
  get unread(): number {
    return this.#unread;
  }

  close(): void {
    if (this.#isOpen) this.#file.release();
    this.#isOpen = false;
  }

  /**
   * Loads up to `room` bytes, not 0, to `at` of `memory`.
   *
   * @returns how many, not 0
   */
  load(memory: Uint8Array, at: number, room: number): number {
    const wanted = Math.min(room, this.#unread);
    const got = this.#file.read(memory, at, wanted, this.#offset);
    if (got === 0) throw this.#file.unreadable('it is cut short');
    this.#offset += got;
    this.#unread -= got;
    this.#verify(memory.subarray(at, at + got));
    if (this.#unread === 0) this.close();
    return got;
  }

  /** Takes what was loaded into the checksums of its blocks. */
  #verify(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const block = this.#blocks[this.#block];
      if (block === undefined) return;
      const end = Math.min(bytes.length, at + block.length - this.#blockLoaded);
      this.#crc = crc32(bytes.subarray(at, end), this.#crc);
      this.#blockLoaded += end - at;
      at = end;
      if (this.#blockLoaded < block.length) return;
      if (this.#crc !== block.crc) throw this.#file.unreadable('the checksum of a block is wrong');
      this.#block++;
      this.#blockLoaded = 0;
      this.#crc = 0;
    }
  }
}
