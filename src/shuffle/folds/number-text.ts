import { compareBytes } from '../compare-bytes.ts';

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;

/**
 * A number as it stands in bytes, of any length: an optional sign and digits, with at most one point
 * among or beside them, as `sum` takes them. Holds where its significant digits are, no copy.
 */
export class NumberText {
  #bytes: Uint8Array = new Uint8Array();
  #isNegative = false;
  /** Digits before the point without leading zeros, those after it without trailing ones. */
  #whole = 0;
  #wholeEnd = 0;
  #fraction = 0;
  #fractionEnd = 0;

  /** Reads `bytes[start, end)`, which must stay as it is. False, and nothing read, for no number. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const first = bytes[start];
    const digits = start < end && (first === MINUS || first === PLUS) ? start + 1 : start;
    const point = pointOf(bytes, digits, end);
    if (point < 0) return false;
    this.#bytes = bytes;
    this.#whole = digits;
    while (this.#whole < point && bytes[this.#whole] === DIGIT_0) this.#whole++;
    this.#wholeEnd = point;
    this.#fraction = Math.min(point + 1, end);
    this.#fractionEnd = end;
    while (this.#fractionEnd > this.#fraction && bytes[this.#fractionEnd - 1] === DIGIT_0) {
      this.#fractionEnd--;
    }
    const isZero = this.#whole === this.#wholeEnd && this.#fraction === this.#fractionEnd;
    this.#isNegative = first === MINUS && !isZero;
    return true;
  }

  /** Negative, zero or positive like every comparison; exact. `-0`, `0` and `0.0` are equal. */
  compare(other: NumberText): number {
    if (this.#isNegative !== other.#isNegative) return this.#isNegative ? -1 : 1;
    return this.#isNegative ? other.#compareSize(this) : this.#compareSize(other);
  }

  #compareSize(other: NumberText): number {
    const difference =
      this.#wholeEnd - this.#whole - (other.#wholeEnd - other.#whole) ||
      compareBytes(
        this.#bytes,
        this.#whole,
        this.#wholeEnd,
        other.#bytes,
        other.#whole,
        other.#wholeEnd,
      );
    if (difference !== 0) return difference;
    return compareBytes(
      this.#bytes,
      this.#fraction,
      this.#fractionEnd,
      other.#bytes,
      other.#fraction,
      other.#fractionEnd,
    );
  }
}

/** Where the point of an unsigned number is, `end` for a number without one, -1 for no number. */
function pointOf(bytes: Uint8Array, start: number, end: number): number {
  let point = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= DIGIT_0 && byte <= DIGIT_9) continue;
    if (byte !== POINT || point >= 0) return -1;
    point = at;
  }
  if (point < 0) return start < end ? end : -1;
  return end - start > 1 ? point : -1;
}
