import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Piece } from '../../protocol/manager-orders.ts';
import { AttemptFailure } from './attempt-failure.ts';
import { countNewlines } from './count-newlines.ts';

const LINE_FEED = 0x0a;

/**
 * Reads one piece of a map task: exactly the byte range that was planned, from the file that was
 * planned. A file found shorter, replaced or rewritten makes the attempt end as `input_changed`;
 * what was appended to it since is left out and counted.
 */
export class PieceReader {
  /** Bytes and records handed out so far. */
  bytes = 0;
  readonly #piece: Piece;
  readonly #descriptor: number;
  readonly #buffer: Uint8Array;
  #newlines = 0;
  #lastByte = LINE_FEED;

  /** @param buffer what is read goes there, block by block */
  constructor(piece: Piece, buffer: Uint8Array) {
    this.#piece = piece;
    this.#buffer = buffer;
    this.#descriptor = openSync(piece.path, 'r');
    try {
      this.#check();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get records(): number {
    return this.#newlines + (this.#lastByte === LINE_FEED ? 0 : 1);
  }

  /** The next block, valid until the next call; undefined at the end of the piece. */
  next(): Uint8Array | undefined {
    const left = this.#piece.length - this.bytes;
    if (left === 0) return undefined;
    const length = Math.min(left, this.#buffer.length);
    const read = readSync(
      this.#descriptor,
      this.#buffer,
      0,
      length,
      this.#piece.start + this.bytes,
    );
    if (read === 0) throw this.#changed();
    const block = this.#buffer.subarray(0, read);
    this.bytes += read;
    this.#newlines += countNewlines(block);
    this.#lastByte = block[read - 1] ?? LINE_FEED;
    return block;
  }

  /**
   * Looks at the file once more, since it may have been changed while it was read.
   * @returns how many bytes lie past the planned end of the file, once for the whole file
   */
  checkAgain(): number {
    const { size } = this.#check();
    const { start, length, file_bytes: fileBytes } = this.#piece;
    return start + length === fileBytes ? size - fileBytes : 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #check(): Stats {
    const status = fstatSync(this.#descriptor);
    const { inode, file_bytes: fileBytes, mtime_ms: mtimeMs } = this.#piece;
    const rewritten = status.size === fileBytes && status.mtimeMs !== mtimeMs;
    if (status.ino !== inode || status.size < fileBytes || rewritten) throw this.#changed();
    return status;
  }

  #changed(): AttemptFailure {
    return new AttemptFailure(
      'input_changed',
      `Input "${this.#piece.path}" changed while the job ran`,
    );
  }
}
