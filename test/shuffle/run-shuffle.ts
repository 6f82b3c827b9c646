import { Arena } from '../../src/shuffle/arena.ts';
import type { Chunks } from '../../src/shuffle/chunks.ts';
import { MapOutput } from '../../src/shuffle/map-output.ts';
import type { MapOutputOptions, MapOutputSummary } from '../../src/shuffle/map-output.ts';
import { PartitionMerge } from '../../src/shuffle/partition-merge.ts';
import type { PartitionMergeOptions } from '../../src/shuffle/partition-merge.ts';

/** One memory for all tests: also shows that what an earlier task left in it does no harm. */
export const sharedArena = new Arena();

/** Writes the outputs of some programs, each in chunks of the given lengths in turn. */
export async function writeRun(
  options: Omit<MapOutputOptions, 'arena'>,
  programs: readonly Uint8Array[],
  chunkLengths: readonly number[] = [65_536],
): Promise<MapOutputSummary> {
  const output = new MapOutput({ ...options, arena: sharedArena });
  try {
    let turn = 0;
    for (const program of programs) {
      for (let at = 0; at < program.length;) {
        const length = chunkLengths[turn++ % chunkLengths.length] ?? 1;
        // A copy that is spoiled afterwards: chunks must not be kept.
        const chunk = new Uint8Array(program.subarray(at, at + length));
        await output.write(chunk);
        chunk.fill(0xff);
        at += length;
      }
      await output.endOfProgram();
    }
    return await output.finish();
  } catch (error) {
    output.abort();
    throw error;
  }
}

/** Everything that `take` gives of a partition. */
export async function readPartition(
  options: Omit<PartitionMergeOptions, 'arena'>,
  take: (merge: PartitionMerge) => Chunks = (merge) => merge.mergedLines(),
): Promise<Buffer> {
  const merge = await PartitionMerge.open({ ...options, arena: sharedArena });
  try {
    return drain(take(merge));
  } finally {
    merge.close();
  }
}

export function drain(chunks: Chunks): Buffer {
  const pieces: Buffer[] = [];
  for (let chunk = chunks.next(); chunk !== undefined; chunk = chunks.next()) {
    pieces.push(Buffer.from(chunk));
  }
  return Buffer.concat(pieces);
}
