/** A stretch of a file. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

/** What to read of one file: about these stretches, still to be aligned to lines. */
export interface FileSample {
  /** Place of the file in the list of inputs. */
  readonly file: number;
  /** In ascending order, apart from each other. */
  readonly stretches: readonly Stretch[];
}

/** A file more costs a process more in most of the runs. */
const FILES_MAX = 8;
const STRETCHES_PER_FILE = 3;

/**
 * Spreads a sample over the inputs: a few files, the first and the last among them, small ones
 * whole, of large ones the head, the middle and the tail.
 * @param sizes bytes of every input, in order
 * @param limitBytes of all stretches together
 */
export function planSample(sizes: readonly number[], limitBytes: number): readonly FileSample[] {
  const chosen = spread(sizes);
  const shares = shareOut(
    chosen.map((file) => sizes[file] ?? 0),
    limitBytes,
  );
  return chosen.map((file, index) => ({
    file,
    stretches: stretchesOf(sizes[file] ?? 0, shares[index] ?? 0),
  }));
}

/** Indices of at most {@link FILES_MAX} files that are not empty, evenly over all of them. */
function spread(sizes: readonly number[]): readonly number[] {
  const filled = [...sizes.keys()].filter((file) => (sizes[file] ?? 0) > 0);
  if (filled.length <= FILES_MAX) return filled;
  const step = (filled.length - 1) / (FILES_MAX - 1);
  return Array.from({ length: FILES_MAX }, (_, index) => filled[Math.round(index * step)] ?? 0);
}

/** The same for all; what small files leave is for the larger ones. */
function shareOut(sizes: readonly number[], limitBytes: number): readonly number[] {
  const shares = sizes.map(() => 0);
  let left = limitBytes;
  const ascending = [...sizes.keys()].toSorted((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0));
  for (const [done, file] of ascending.entries()) {
    const share = Math.min(sizes[file] ?? 0, Math.floor(left / (ascending.length - done)));
    shares[file] = share;
    left -= share;
  }
  return shares;
}

function stretchesOf(bytes: number, share: number): readonly Stretch[] {
  if (share >= bytes) return [{ start: 0, length: bytes }];
  const length = Math.floor(share / STRETCHES_PER_FILE);
  if (length === 0 || bytes < share * 2) return [{ start: 0, length: share }];
  const gap = (bytes - length) / (STRETCHES_PER_FILE - 1);
  return Array.from({ length: STRETCHES_PER_FILE }, (_, index) => ({
    start: Math.floor(index * gap),
    length,
  }));
}
