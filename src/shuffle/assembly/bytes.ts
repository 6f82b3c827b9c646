/**
 * Bytes in the memory of the kernel. Reads may go up to 15 bytes past what is asked for, so every
 * region that the kernel is given must have memory behind it.
 */

/** 16 bytes of ones, then 16 of zeros: what lies at `ONES_THEN_ZEROS + 16 - n` keeps n bytes. */
const ONES_THEN_ZEROS: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** The first `count` bytes at `at`, 16 at most, the rest zero. */
export function loadPadded(at: usize, count: usize): v128 {
  return v128.and(v128.load(at), v128.load(ONES_THEN_ZEROS + 16 - count));
}

/** Whether `count` bytes are the same. */
export function areSame(a: usize, b: usize, count: usize): bool {
  let at: usize = 0;
  for (; at + 16 <= count; at += 16) {
    if (v128.any_true(v128.xor(v128.load(a + at), v128.load(b + at)))) return false;
  }
  const difference = v128.xor(v128.load(a + at), v128.load(b + at));
  return !v128.any_true(v128.and(difference, v128.load(ONES_THEN_ZEROS + 16 - (count - at))));
}

/** Below this length a loop is faster than a call into the engine. */
const LOOP_BYTES_MAX: usize = 256;

/** Copies what mostly is short; may write up to 15 bytes more, which there must be room for. */
export function copyShort(to: usize, from: usize, bytes: usize): void {
  if (bytes > LOOP_BYTES_MAX) {
    memory.copy(to, from, bytes);
    return;
  }
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
}

/** Order of two byte strings as memcmp has it, the shorter first when one begins the other. */
export function compare(a: usize, aBytes: usize, b: usize, bBytes: usize): i32 {
  const common = min(aBytes, bBytes);
  for (let at: usize = 0; at < common; at += 8) {
    const left = prefixAt(a + at, aBytes - at);
    const right = prefixAt(b + at, bBytes - at);
    if (left !== right) return left < right ? -1 : 1;
  }
  return aBytes === bBytes ? 0 : aBytes < bBytes ? -1 : 1;
}

/** The first 8 bytes of what begins at `at` and has `count` left, as a number that orders like them. */
export function prefixAt(at: usize, count: usize): u64 {
  const word = bswap<u64>(load<u64>(at));
  return count >= 8 ? word : count === 0 ? 0 : word & (u64(-1) << (u64(8 - count) << 3));
}

/** Where the first byte of value `byte` is, from `from` on; `end` or more when it is not before `end`. */
export function findByte(byte: u8, from: usize, end: usize): usize {
  const wanted = i8x16.splat(byte);
  for (let at = from; at < end; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (found !== 0) return at + ctz(found);
  }
  return end;
}

/** Same for the first of two bytes. */
export function findEither(a: u8, b: u8, from: usize, end: usize): usize {
  const left = i8x16.splat(a);
  const right = i8x16.splat(b);
  for (let at = from; at < end; at += 16) {
    const block = v128.load(at);
    const found = i8x16.bitmask(v128.or(i8x16.eq(block, left), i8x16.eq(block, right)));
    if (found !== 0) return at + ctz(found);
  }
  return end;
}
