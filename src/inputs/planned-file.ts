import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Piece } from '../protocol/manager-orders.ts';
import { InputChangedError } from './input-errors.ts';

/**
 * An input file, open, as it was when the job was planned. One found shorter, replaced or rewritten
 * is an {@link InputChangedError}; what was appended to it since is left out.
 */
export class PlannedFile {
  readonly piece: Piece;
  readonly #descriptor: number;

  /** @throws errors of the system, {@link InputChangedError} */
  constructor(piece: Piece) {
    this.piece = piece;
    this.#descriptor = openSync(piece.path, 'r');
    try {
      this.#check();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Where another process of this user can open this very file, renamed or removed meanwhile. */
  get openPath(): string {
    return `/proc/${String(process.pid)}/fd/${String(this.#descriptor)}`;
  }

  /**
   * Reads from a position within the piece, no further than its end.
   * @param at bytes from the start of the piece
   * @returns what was read, in `buffer`; empty only at the end of the piece
   */
  read(at: number, buffer: Uint8Array): Uint8Array {
    const length = Math.min(this.piece.length - at, buffer.length);
    if (length <= 0) return buffer.subarray(0, 0);
    const read = readSync(this.#descriptor, buffer, 0, length, this.piece.start + at);
    if (read === 0) throw new InputChangedError(this.piece.path);
    return buffer.subarray(0, read);
  }

  /**
   * Looks at the file once more, since it may have been changed while it was read.
   * @returns how many bytes lie past the planned end of the file, once for the whole file
   */
  checkAgain(): number {
    const { size } = this.#check();
    const { start, length, file_bytes: fileBytes } = this.piece;
    return start + length === fileBytes ? size - fileBytes : 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #check(): Stats {
    const status = fstatSync(this.#descriptor);
    const { path, inode, file_bytes: fileBytes, mtime_ms: mtimeMs } = this.piece;
    const rewritten = status.size === fileBytes && status.mtimeMs !== mtimeMs;
    if (status.ino !== inode || status.size < fileBytes || rewritten) {
      throw new InputChangedError(path);
    }
    return status;
  }
}
