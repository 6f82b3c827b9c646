/** Writing text into blocks of bytes. */

const DIGIT_0 = 48;

/** Writes a whole number from 0 with leading zeros; gives the place after it. */
export function writeDigits(block: Uint8Array, at: number, number: number, digits: number): number {
  let left = number;
  for (let to = at + digits - 1; to >= at; to--) {
    block[to] = DIGIT_0 + (left % 10);
    left = Math.floor(left / 10);
  }
  return at + digits;
}

/** Copies bytes; gives the place after them. */
export function writeBytes(block: Uint8Array, at: number, bytes: Uint8Array): number {
  // Faster than `set` for a few bytes.
  for (let from = 0; from < bytes.length; from++) block[at + from] = bytes[from] ?? 0;
  return at + bytes.length;
}
