import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LineFilter } from '../../inputs/line-filter.ts';
import { PieceReader, type ReadingPlace } from '../../inputs/piece-reader.ts';
import type { Piece } from '../../protocol/manager-orders.ts';

export interface Filtering {
  readonly place: ReadingPlace;
  readonly filter: LineFilter;
  /** Goes on when no line passes any more, to count them all. */
  readonly toEnd: boolean;
  /** Now and then; what it throws ends the reading. */
  readonly onTurn: () => void;
}

/** What was read of one piece. */
export interface PieceTotals {
  bytes: number;
  ignoredBytes: number;
}

/** Bytes that are read before the thread looks whether it is still wanted. */
const BYTES_PER_TURN = 4 * 1024 * 1024;

/**
 * Reads a piece and gives what of its lines passes a filter, block by block; a block is valid until
 * the next is asked for.
 * @throws InputChangedError, DecompressionError, errors of the system
 */
export async function* filterPiece(
  piece: Piece,
  { place, filter, toEnd, onTurn }: Filtering,
  totals: PieceTotals,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new PieceReader(piece, place);
  const before = totals.bytes;
  let turnBytes = 0;
  filter.beginFile(piece.start);
  try {
    for (;;) {
      if (filter.isPast && !toEnd) return;
      const block = await reader.next();
      totals.bytes = before + reader.bytes;
      if (block === undefined) {
        filter.endFile();
        totals.ignoredBytes += reader.checkAgain();
        return;
      }
      turnBytes += block.length;
      yield* filter.take(block);
      if (turnBytes < BYTES_PER_TURN) continue;
      turnBytes = 0;
      await nextTurn();
      onTurn();
    }
  } finally {
    await reader.close();
  }
}
