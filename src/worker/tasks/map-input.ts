import { findDecompressors } from '../../inputs/decompressors.ts';
import { JoinedPieces } from '../../inputs/joined-pieces.ts';
import { InputChangedError } from '../../inputs/input-errors.ts';
import { PlannedFile } from '../../inputs/planned-file.ts';
import type { ReadingPlace } from '../../inputs/piece-reader.ts';
import type { Piece } from '../../protocol/manager-orders.ts';
import type { AttemptStatistics } from '../../protocol/worker-messages.ts';
import { GUARD_VARIABLE } from '../program/environment.ts';
import type { FedInput } from '../program/file-feed.ts';
import type { ByteSource } from '../program/input-feed.ts';
import type { Attempt } from './attempt.ts';

/** With `feed`, the source gives nothing. */
export type MapperUse = (source: ByteSource, feed?: FedInput) => Promise<void>;

/** From here on a process that feeds a mapper is worth its start. */
const FED_BYTES_MIN = 4 * 1024 * 1024;

/** The input of a map attempt: reads its pieces for mappers, and counts. */
export class MapInput {
  readonly #totals = { bytes: 0, records: 0, ignoredBytes: 0 };
  /** Nobody has seen all the lines. */
  #isUncounted = false;
  readonly #pieces: readonly Piece[];
  readonly #attempt: Attempt;
  readonly #place: ReadingPlace;

  /** @throws DecompressorMissingError before anything is read */
  static async open(pieces: readonly Piece[], attempt: Attempt): Promise<MapInput> {
    return new MapInput(pieces, attempt, await readingPlace(pieces, attempt));
  }

  private constructor(pieces: readonly Piece[], attempt: Attempt, place: ReadingPlace) {
    this.#pieces = pieces;
    this.#attempt = attempt;
    this.#place = place;
  }

  get statistics(): Pick<
    AttemptStatistics,
    'input_bytes' | 'input_records' | 'ignored_input_bytes'
  > {
    const { bytes, records, ignoredBytes } = this.#totals;
    return {
      input_bytes: bytes,
      input_records: this.#isUncounted ? null : records,
      ignored_input_bytes: ignoredBytes,
    };
  }

  /** Reads one piece for `use`, which may stop before its end. */
  readOne(piece: Piece, use: MapperUse): Promise<void> {
    this.#attempt.input = rangeOf(piece);
    return this.#read([piece], use);
  }

  /** The same for a program, which can be fed by another: large ranges of files as they are. */
  readForProgram(piece: Piece, use: MapperUse): Promise<void> {
    const isFed =
      piece.compression === null &&
      piece.length >= FED_BYTES_MIN &&
      this.#attempt.context.host.starter.canFeed;
    return isFed ? this.#feed(piece, use) : this.readOne(piece, use);
  }

  /** Reads all pieces as if they were one. Which of several a program fails at is not known. */
  readTogether(use: MapperUse): Promise<void> {
    const [first, second] = this.#pieces;
    return first && !second ? this.readOne(first, use) : this.#read(this.#pieces, use);
  }

  async #feed(piece: Piece, use: MapperUse): Promise<void> {
    this.#attempt.input = rangeOf(piece);
    this.#isUncounted = true;
    const { progress } = this.#attempt;
    const file = new PlannedFile(piece);
    const { start, length } = piece;
    const fed = { bytes: 0, isShort: false };
    try {
      await use(() => undefined, {
        path: file.openPath,
        start,
        length,
        onBytes: (read) => {
          fed.bytes = read;
          progress.bytesRead = this.#totals.bytes + read;
        },
        onShort: () => {
          fed.isShort = true;
        },
      });
      this.#totals.ignoredBytes += file.checkAgain();
      if (fed.isShort) throw new InputChangedError(piece.path);
      this.#totals.bytes += fed.bytes;
    } finally {
      file.close();
    }
  }

  async #read(pieces: readonly Piece[], use: MapperUse): Promise<void> {
    const joined = new JoinedPieces(pieces, this.#place);
    const { progress } = this.#attempt;
    const bytesBefore = this.#totals.bytes;
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
    this.#totals.bytes += joined.totals.bytes;
    this.#totals.records += joined.totals.records;
    this.#totals.ignoredBytes += joined.totals.ignoredBytes;
  }
}

/** What an attempt has to read these pieces with. @throws DecompressorMissingError */
export async function readingPlace(
  pieces: readonly Piece[],
  { context }: Attempt,
): Promise<ReadingPlace> {
  const { environment, guardNonce, host, readBuffer } = context;
  const path = environment['PATH'] ?? '';
  return {
    buffer: readBuffer,
    decompressors: await findDecompressors(pieces, path),
    environment: { PATH: path, LC_ALL: 'C', [GUARD_VARIABLE]: guardNonce },
    groups: host.guard,
  };
}

function rangeOf({ path, start, length }: Piece): Attempt['input'] {
  return { path, start, length };
}
