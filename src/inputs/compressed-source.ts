import { DecompressionError } from './input-errors.ts';
import type { PlannedFile } from './planned-file.ts';

/** The bytes of a compressed file, for whatever decompresses them. */
export class CompressedSource {
  /** How far it was read: what a progress bar shows of a file whose real size nobody knows. */
  bytes = 0;
  readonly #file: PlannedFile;
  readonly #buffer: Uint8Array;

  constructor(file: PlannedFile, buffer: Uint8Array) {
    this.#file = file;
    this.#buffer = buffer;
  }

  get path(): string {
    return this.#file.piece.path;
  }

  /** The bytes from a position on, valid until the next call; none at the end of the file. */
  read(at: number): Uint8Array {
    let block = this.#file.read(at, this.#buffer);
    // A network file system may give less than there is, and headers must not be cut.
    while (block.length < this.#buffer.length) {
      const more = this.#file.read(at + block.length, this.#buffer.subarray(block.length));
      if (more.length === 0) break;
      block = this.#buffer.subarray(0, block.length + more.length);
    }
    this.bytes = Math.max(this.bytes, at + block.length);
    return block;
  }

  damaged(reason: string, options?: ErrorOptions): DecompressionError {
    return new DecompressionError(this.path, reason, options);
  }
}
