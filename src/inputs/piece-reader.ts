import type { Piece } from '../protocol/manager-orders.ts';
import { CompressedSource } from './compressed-source.ts';
import { countNewlines } from '../shuffle/count-newlines.ts';
import { decompressWith, type ProgramPlace } from './decompress-with.ts';
import type { Decompressors } from './decompressors.ts';
import { gunzip } from './gunzip.ts';
import { DecompressorMissingError } from './input-errors.ts';
import { PlannedFile } from './planned-file.ts';

/** What reading takes besides the piece. */
export interface ReadingPlace extends ProgramPlace {
  /** What is read goes there, block by block; one piece at a time. */
  readonly buffer: Uint8Array;
  /** What `findDecompressors` found for the pieces. */
  readonly decompressors: Decompressors;
}

const LINE_FEED = 0x0a;

/**
 * Reads one piece of input: exactly the byte range that was planned, from the file that was
 * planned, decompressed when it is compressed. Depends on nothing but the file.
 *
 * @example for (let block = await reader.next(); block; block = await reader.next()) use(block);
 */
export class PieceReader {
  readonly #file: PlannedFile;
  readonly #blocks: Blocks;
  #newlines = 0;
  #lastByte = LINE_FEED;

  /** Opens the file. @throws errors of the system, InputChangedError */
  constructor(piece: Piece, place: ReadingPlace) {
    this.#file = new PlannedFile(piece);
    try {
      this.#blocks = openBlocks(this.#file, place);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Bytes of the file that were read so far: compressed ones of a compressed file. */
  get bytes(): number {
    return this.#blocks.bytes;
  }

  /** Lines handed out so far. */
  get records(): number {
    return this.#newlines + (this.endsLine ? 0 : 1);
  }

  /** Whether what was handed out so far ends with a newline, or is nothing. */
  get endsLine(): boolean {
    return this.#lastByte === LINE_FEED;
  }

  /**
   * The next block, not empty, valid until the next call; undefined at the end of the piece, when
   * all of it is known to be right. At once for plain files, later for compressed ones.
   * @throws InputChangedError, DecompressionError, errors of the system
   */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const block = this.#blocks.next();
    return block instanceof Promise
      ? block.then((later) => this.#count(later))
      : this.#count(block);
  }

  /**
   * Looks at the file once more, since it may have been changed while it was read.
   * @returns how many bytes lie past the planned end of the file, once for the whole file
   * @throws InputChangedError
   */
  checkAgain(): number {
    return this.#file.checkAgain();
  }

  /** Ends the reading, wherever it is, and quietly. */
  async close(): Promise<void> {
    try {
      await this.#blocks.close();
    } finally {
      this.#file.close();
    }
  }

  #count(block: Uint8Array | undefined): Uint8Array | undefined {
    if (block === undefined) return undefined;
    this.#newlines += countNewlines(block);
    this.#lastByte = block[block.length - 1] ?? this.#lastByte;
    return block;
  }
}

/** What of a piece comes out, block by block. */
interface Blocks {
  readonly bytes: number;
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

function openBlocks(file: PlannedFile, place: ReadingPlace): Blocks {
  return file.piece.compression === null
    ? new PlainBlocks(file, place.buffer)
    : new DecompressedBlocks(file, place);
}

class PlainBlocks implements Blocks {
  bytes = 0;
  readonly #file: PlannedFile;
  readonly #buffer: Uint8Array;

  constructor(file: PlannedFile, buffer: Uint8Array) {
    this.#file = file;
    this.#buffer = buffer;
  }

  next(): Uint8Array | undefined {
    const block = this.#file.read(this.bytes, this.#buffer);
    this.bytes += block.length;
    return block.length === 0 ? undefined : block;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class DecompressedBlocks implements Blocks {
  readonly #source: CompressedSource;
  readonly #blocks: AsyncGenerator<Uint8Array>;
  readonly #length: number;
  readonly #abort = new AbortController();
  #atEnd = false;

  constructor(file: PlannedFile, place: ReadingPlace) {
    this.#length = file.piece.length;
    this.#source = new CompressedSource(file, place.buffer);
    this.#blocks = decompress(file.piece, this.#source, place, this.#abort.signal);
  }

  /** All of it at the end, though bytes after the last part may have been left out. */
  get bytes(): number {
    return this.#atEnd ? this.#length : this.#source.bytes;
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const { value, done } = await this.#blocks.next();
      if (done === true) {
        this.#atEnd = !this.#abort.signal.aborted;
        return undefined;
      }
      if (value.length > 0) return value;
    }
  }

  async close(): Promise<void> {
    // First, for a block that is on its way would be waited for.
    this.#abort.abort();
    await this.#blocks.return(undefined).catch(() => undefined);
  }
}

function decompress(
  { compression, path }: Piece,
  source: CompressedSource,
  place: ReadingPlace,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (compression === 'gzip' || compression === null) return gunzip(source, signal);
  const program = place.decompressors.get(compression);
  if (program === undefined) throw new DecompressorMissingError(path, compression);
  return decompressWith(program, source, place, signal);
}
