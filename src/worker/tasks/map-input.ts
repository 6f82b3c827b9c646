import { findDecompressors } from '../../inputs/decompressors.ts';
import { JoinedPieces } from '../../inputs/joined-pieces.ts';
import type { ReadingPlace } from '../../inputs/piece-reader.ts';
import type { Piece } from '../../protocol/manager-orders.ts';
import { GUARD_VARIABLE } from '../program/environment.ts';
import type { ByteSource } from '../program/input-feed.ts';
import type { Attempt } from './attempt.ts';

type Use = (source: ByteSource) => Promise<void>;

/** The input of a map attempt: reads its pieces for mappers, and counts. */
export class MapInput {
  readonly statistics = { input_bytes: 0, input_records: 0, ignored_input_bytes: 0 };
  readonly #pieces: readonly Piece[];
  readonly #attempt: Attempt;
  readonly #place: ReadingPlace;

  /** @throws DecompressorMissingError before anything is read */
  static async open(pieces: readonly Piece[], attempt: Attempt): Promise<MapInput> {
    const { environment, guardNonce, host, readBuffer } = attempt.context;
    const path = environment['PATH'] ?? '';
    return new MapInput(pieces, attempt, {
      buffer: readBuffer,
      decompressors: await findDecompressors(pieces, path),
      environment: { PATH: path, LC_ALL: 'C', [GUARD_VARIABLE]: guardNonce },
      groups: host.guard,
    });
  }

  private constructor(pieces: readonly Piece[], attempt: Attempt, place: ReadingPlace) {
    this.#pieces = pieces;
    this.#attempt = attempt;
    this.#place = place;
  }

  /** Reads one piece for `use`, which may stop before its end. */
  readOne(piece: Piece, use: Use): Promise<void> {
    this.#attempt.input = rangeOf(piece);
    return this.#read([piece], use);
  }

  /** Reads all pieces as if they were one. Which of several a program fails at is not known. */
  readTogether(use: Use): Promise<void> {
    const [first, second] = this.#pieces;
    return first && !second ? this.readOne(first, use) : this.#read(this.#pieces, use);
  }

  async #read(pieces: readonly Piece[], use: Use): Promise<void> {
    const joined = new JoinedPieces(pieces, this.#place);
    const { progress } = this.#attempt;
    const bytesBefore = this.statistics.input_bytes;
    try {
      await use(async () => {
        const block = await joined.next();
        progress.bytesRead = bytesBefore + joined.bytes;
        return block;
      });
      await joined.finish();
    } catch (error) {
      // Of several pieces, one whose reading failed is known.
      if (joined.hasFailed && joined.piece) this.#attempt.input = rangeOf(joined.piece);
      throw error;
    } finally {
      await joined.close();
    }
    this.statistics.input_bytes += joined.totals.bytes;
    this.statistics.input_records += joined.totals.records;
    this.statistics.ignored_input_bytes += joined.totals.ignoredBytes;
  }
}

function rangeOf({ path, start, length }: Piece): Attempt['input'] {
  return { path, start, length };
}
