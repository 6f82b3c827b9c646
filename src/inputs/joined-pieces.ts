import type { Piece } from '../protocol/manager-orders.ts';
import { PieceReader, type ReadingPlace } from './piece-reader.ts';

const NEWLINE = Uint8Array.of(0x0a);

/** What was read of input, in all. */
export interface InputTotals {
  /** As {@link PieceReader.bytes}. */
  bytes: number;
  records: number;
  /** Past the planned ends of files. */
  ignoredBytes: number;
}

/**
 * Reads pieces one after another as if they were one, with a newline between two that would glue
 * their lines together.
 */
export class JoinedPieces {
  /** Of pieces that were read to their end. */
  readonly totals: InputTotals = { bytes: 0, records: 0, ignoredBytes: 0 };
  /** The piece that is being read. */
  piece: Piece | undefined;
  /** Whether it could not be read. */
  hasFailed = false;
  readonly #pieces: readonly Piece[];
  readonly #place: ReadingPlace;
  #opened = 0;
  #reader: PieceReader | undefined;
  #mustEndLine = false;
  /** Comes after the newline. */
  #held: Uint8Array | undefined;

  /** Opens the first piece. @throws as {@link PieceReader} */
  constructor(pieces: readonly Piece[], place: ReadingPlace) {
    this.#pieces = pieces;
    this.#place = place;
    this.#openNext();
  }

  /** As {@link PieceReader.bytes}, of all pieces so far. */
  get bytes(): number {
    return this.totals.bytes + (this.#reader?.bytes ?? 0);
  }

  /** As {@link PieceReader.next}. */
  async next(): Promise<Uint8Array | undefined> {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) return held;
    try {
      return await this.#nextOfAll();
    } catch (error) {
      this.hasFailed = true;
      throw error;
    }
  }

  /** Ends the piece that is being read, and looks at its file once more. @throws InputChangedError */
  async finish(): Promise<void> {
    const reader = this.#reader;
    if (reader === undefined) return;
    this.totals.ignoredBytes += reader.checkAgain();
    this.totals.bytes += reader.bytes;
    this.totals.records += reader.records;
    await this.close();
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }

  async #nextOfAll(): Promise<Uint8Array | undefined> {
    for (let reader = this.#reader; reader; reader = this.#openNext()) {
      const block = await reader.next();
      // Closed meanwhile: nothing more is wanted.
      if (this.#reader !== reader) return undefined;
      if (block !== undefined) return this.#afterNewline(block);
      // The last file is looked at once more when the program that reads it has ended.
      if (this.#opened === this.#pieces.length) return undefined;
      this.#mustEndLine ||= !reader.endsLine;
      await this.finish();
    }
    return undefined;
  }

  #openNext(): PieceReader | undefined {
    this.piece = this.#pieces[this.#opened];
    this.#opened += 1;
    this.#reader = this.piece && new PieceReader(this.piece, this.#place);
    return this.#reader;
  }

  #afterNewline(block: Uint8Array): Uint8Array {
    if (!this.#mustEndLine) return block;
    this.#mustEndLine = false;
    this.#held = block;
    return NEWLINE;
  }
}
