import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Merge } from './merge.ts';
import type { RunWriter } from './run-writer.ts';

const CHUNK_BYTES = 256 * 1024;
/** How much is done in one go: between, a cancellation may be heard. */
const CHUNKS_PER_TURN = 32;

/**
 * Writes all groups of a merge to a run, as one segment of one block.
 *
 * @param largestBytes no key or value is larger
 * @throws the signal's reason, and what reading and writing throw
 */
export async function copyToRun(
  merge: Merge,
  run: RunWriter,
  largestBytes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { memory } = merge;
  const chunk = memory.take(memory.kernel.mergeChunkBytes(CHUNK_BYTES));
  memory.kernel.mergeEncodedBegin();
  run.beginSegment();
  run.beginBlock(0);
  for (let chunks = 0; ; chunks++) {
    if (chunks % CHUNKS_PER_TURN === 0) {
      await nextTurn();
      signal?.throwIfAborted();
    }
    const bytes = memory.kernel.mergeEncoded(chunk, CHUNK_BYTES);
    if (bytes === 0) break;
    run.encoded(memory.bytes.subarray(chunk, chunk + bytes), 0, 0, largestBytes);
  }
  run.encoded(new Uint8Array(0), merge.groups, merge.records, largestBytes);
  run.endBlock();
}
