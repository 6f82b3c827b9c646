/** The middle of some numbers, the mean of the two middle ones where they are even in number. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The longest time between one moment and the next; 0 for fewer than two moments. */
export function longestGap(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  return sorted.reduce(
    (gap, moment, index) => Math.max(gap, moment - (sorted[index - 1] ?? moment)),
    0,
  );
}
