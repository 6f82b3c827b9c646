import { type FileHandle, open } from 'node:fs/promises';
import { nextBoundary } from './splits.ts';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/**
 * Cuts a file into ranges of about `splitBytes` that begin where lines begin. A line belongs to the
 * range it begins in, so a line longer than a split swallows the boundaries inside it.
 * Reads around the boundaries only, and no byte twice: the cost is linear even for splits of 1 byte.
 * @param fileBytes its planned size; what lies beyond is not read
 */
export async function* alignedRanges(
  path: string,
  fileBytes: number,
  splitBytes: number,
): AsyncGenerator<ByteRange> {
  if (fileBytes <= splitBytes) {
    yield { start: 0, length: fileBytes };
    return;
  }
  const handle = await open(path, 'r');
  try {
    const scan = new NewlineScan(handle, fileBytes);
    let start = 0;
    while (start < fileBytes) {
      const boundary = nextBoundary(start, splitBytes);
      const end = boundary >= fileBytes ? fileBytes : await scan.lineStartFrom(boundary);
      yield { start, length: end - start };
      start = end;
    }
  } finally {
    await handle.close();
  }
}

/** Looks for newlines forward, keeping one block. */
class NewlineScan {
  readonly #handle: FileHandle;
  readonly #fileBytes: number;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #blockStart = 0;
  #blockBytes = 0;

  constructor(handle: FileHandle, fileBytes: number) {
    this.#handle = handle;
    this.#fileBytes = fileBytes;
  }

  /** The first line start at or after `position`, which is inside the file; its end if there is none. */
  async lineStartFrom(position: number): Promise<number> {
    // The byte before decides whether `position` itself begins a line.
    let at = position - 1;
    while (at < this.#fileBytes) {
      await this.#load(at);
      if (this.#blockBytes === 0) break;
      const found = this.#block
        .subarray(0, this.#blockBytes)
        .indexOf(NEWLINE, at - this.#blockStart);
      if (found !== -1) return Math.min(this.#blockStart + found + 1, this.#fileBytes);
      at = this.#blockStart + this.#blockBytes;
    }
    return this.#fileBytes;
  }

  async #load(position: number): Promise<void> {
    if (position >= this.#blockStart && position < this.#blockStart + this.#blockBytes) return;
    const { bytesRead } = await this.#handle.read(this.#block, 0, BLOCK_BYTES, position);
    this.#blockStart = position;
    this.#blockBytes = bytesRead;
  }
}
