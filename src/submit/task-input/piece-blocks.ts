import { findDecompressors } from '../../inputs/decompressors.ts';
import {
  DecompressionError,
  DecompressorMissingError,
  InputChangedError,
} from '../../inputs/input-errors.ts';
import { JoinedPieces } from '../../inputs/joined-pieces.ts';
import { PlannedFile } from '../../inputs/planned-file.ts';
import type { Piece } from '../../protocol/manager-orders.ts';
import { errorCode } from '../../runtime/system-error.ts';
import { UserError } from '../../runtime/user-error.ts';
import { cannotRead } from './cannot-read.ts';

const READ_BYTES = 256 * 1024;
const NO_GROUPS = { add: () => undefined, remove: () => undefined };

/**
 * The bytes of pieces, one after another, block by block; a block is valid until the next. A last
 * line without a newline is not glued to the first of the next piece.
 * @param path PATH, where programs that decompress are
 * @throws UserError when a file has changed since the job ran, or cannot be read from here
 */
export async function* pieceBlocks(
  pieces: readonly Piece[],
  path: string,
): AsyncGenerator<Uint8Array> {
  // All are looked at before anything is written.
  for (const piece of pieces) lookAt(piece);
  let joined: JoinedPieces | undefined;
  try {
    joined = new JoinedPieces(pieces, {
      buffer: new Uint8Array(READ_BYTES),
      decompressors: await findDecompressors(pieces, path),
      environment: { PATH: path, LC_ALL: 'C' },
      groups: NO_GROUPS,
    });
    for (;;) {
      const block = await joined.next();
      if (block === undefined) break;
      yield block;
    }
    await joined.finish();
  } catch (error) {
    throw explained(joined?.piece ?? pieces[0], error);
  } finally {
    await joined?.close();
  }
}

function lookAt(piece: Piece): void {
  try {
    new PlannedFile(piece).close();
  } catch (error) {
    throw explained(piece, error);
  }
}

function explained(piece: Piece | undefined, error: unknown): unknown {
  if (piece === undefined || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (error instanceof InputChangedError) {
    return new UserError(`Input "${piece.path}" changed since the job ran`, undefined, options);
  }
  if (error instanceof DecompressionError || error instanceof DecompressorMissingError) {
    return new UserError(error.message, undefined, options);
  }
  return errorCode(error) === undefined ? error : cannotRead(piece.path, error);
}
