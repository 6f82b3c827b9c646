/**
 * Order of two byte strings as memcmp has it, the shorter first when one begins the other.
 * Negative, zero or positive like every comparison.
 */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const aLength = aEnd - aStart;
  const bLength = bEnd - bStart;
  const common = aLength < bLength ? aLength : bLength;
  for (let at = 0; at < common; at++) {
    const difference = (a[aStart + at] as number) - (b[bStart + at] as number);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

/**
 * Four bytes from `at` as a number that orders like the bytes: big-endian, bytes at or past `end`
 * count as zero, the sign bit turned over so that a signed comparison gives the unsigned order.
 */
export function orderedPrefix(bytes: Uint8Array, at: number, end: number): number {
  let prefix = 0;
  if (at + 4 <= end) {
    prefix =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
  } else {
    for (let index = 0; index < 4; index++) {
      prefix = (prefix << 8) | (at + index < end ? (bytes[at + index] as number) : 0);
    }
  }
  return prefix ^ 0x80000000;
}

/** How many bytes of a key its two prefixes cover. */
export const PREFIX_BYTES = 8;
