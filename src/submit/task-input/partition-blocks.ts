import { openReduceInput, readManifest } from '../../inputs/reduce-input.ts';
import type { ReduceSource } from '../../protocol/manager-replies.ts';
import { makeTemporaryDirectory } from '../../runtime/files/make-temporary-directory.ts';
import { removeTree } from '../../runtime/files/remove-tree.ts';
import { errorCode } from '../../runtime/system-error.ts';
import { UserError } from '../../runtime/user-error.ts';
import { RunUnreadableError } from '../../shuffle/run-unreadable-error.ts';
import { cannotRead } from './cannot-read.ts';

/** Memory of the merge; more than so many runs at once are merged in scratch files first. */
const MERGE_BYTES = 64 * 1024 * 1024;

/**
 * The lines of one partition, merged as its reducer read them, block by block; a block is valid
 * until the next.
 * @throws UserError when the map output cannot be read from here, and the signal's reason
 */
export async function* partitionBlocks(
  source: ReduceSource,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const scratchDir = await makeTemporaryDirectory('muster-input');
  try {
    const runs = readManifest(source);
    const merge = await openReduceInput(source, runs, {
      bufferBytes: MERGE_BYTES,
      scratchDir,
      signal,
    });
    try {
      const lines = merge.mergedLines();
      for (let block = lines.next(); block !== undefined; block = lines.next()) yield block;
    } finally {
      merge.close();
    }
  } catch (error) {
    throw explained(source, error);
  } finally {
    await removeTree(scratchDir);
  }
}

function explained(source: ReduceSource, error: unknown): unknown {
  if (error instanceof RunUnreadableError) {
    // What is damaged is so for everybody; what cannot be opened may be open to others.
    return errorCode(error.cause) === undefined
      ? new UserError(error.message, undefined, { cause: error })
      : cannotRead(error.path, error.cause);
  }
  const path = error instanceof Error && 'path' in error ? String(error.path) : '';
  return path.startsWith(source.job_directory) ? cannotRead(path, error) : error;
}
