import type { MergeInput } from './merge.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Less than this in one read is slow. */
const WINDOW_BYTES_MIN = 16 * KIB;
/** Address space for large records, and the most that the windows may take to leave so much. */
const LARGE_BYTES_MAX = 1536 * MIB;
const MEMORY_BYTES_MAX = 4000 * MIB;
const SOURCES_MAX = 4096;
const SOURCES_MIN = 2;

/**
 * How many of the inputs, whichever they are, can be merged at once: there must be memory for a
 * window of each, and room for its largest key and value.
 */
export function mergeWidth(
  inputs: readonly MergeInput[],
  bufferBytes: number,
  sourcesMax = SOURCES_MAX,
): number {
  const largeBytes = Math.min(LARGE_BYTES_MAX, MEMORY_BYTES_MAX - bufferBytes);
  const width = Math.min(
    sourcesMax,
    howManyFit(inputs.map(windowBytes), bufferBytes),
    howManyFit(inputs.map(largeWindowBytes), largeBytes),
  );
  return Math.max(SOURCES_MIN, width);
}

function windowBytes({ blocks }: MergeInput): number {
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  return Math.min(length, WINDOW_BYTES_MIN);
}

function largeWindowBytes({ file }: MergeInput): number {
  return 2 * file.largestBytes;
}

/** How many of the largest of some sizes fit together. */
function howManyFit(sizes: readonly number[], room: number): number {
  let left = room;
  const descending = sizes.toSorted((a, b) => b - a);
  const excess = descending.findIndex((size) => {
    left -= size;
    return left < 0;
  });
  return excess < 0 ? sizes.length : excess;
}
