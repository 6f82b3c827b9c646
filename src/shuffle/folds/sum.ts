import type { ValueSink } from '../group-cursor.ts';
import { FoldError, quoteLine } from './fold.ts';
import type { Fold } from './fold.ts';

/** As many digits always make a number that a double holds exactly. */
const SMALL_DIGITS_MAX = 15;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;

/**
 * Exact sum of integers of any size and of decimals, never through binary fractions.
 *
 * A value is an optional sign and digits, with at most one point among or beside them; anything else,
 * and a record without a value, is a {@link FoldError}. The result has as many digits after the point
 * as the value that has most, as Python's Decimal does it; so it is the same however values are
 * grouped on the way. No `+`, no leading zeros, and zero has no sign.
 */
export function sum(sink: ValueSink, separator: Uint8Array): Fold {
  return new SumFold(sink, separator);
}

class SumFold implements Fold {
  readonly #sink: ValueSink;
  readonly #separator: Uint8Array;
  #key: Uint8Array = new Uint8Array();
  #keyStart = 0;
  #keyEnd = 0;
  /** The sum is (big + small) / 10 ** scale. Numbers stay in `small` as long as it is exact. */
  #small = 0;
  #big = 0n;
  #scale = 0;
  /** What was read last: the digits as a number, and how many are after the point. */
  #digits = 0;
  #fraction = 0;

  constructor(sink: ValueSink, separator: Uint8Array) {
    this.#sink = sink;
    this.#separator = separator;
  }

  begin(key: Uint8Array, start: number, end: number): void {
    this.#key = key;
    this.#keyStart = start;
    this.#keyEnd = end;
    this.#small = 0;
    this.#big = 0n;
    this.#scale = 0;
  }

  add(bytes: Uint8Array, start: number, end: number, times: number): void {
    if (this.#readSmall(bytes, start, end) && this.#fraction <= this.#scale) {
      // A product or sum that is a safe integer after rounding was exact before it.
      const product = this.#digits * times * 10 ** (this.#scale - this.#fraction);
      const total = this.#small + product;
      if (Number.isSafeInteger(product) && Number.isSafeInteger(total)) {
        this.#small = total;
        return;
      }
    }
    this.#addLarge(bytes, start, end, times);
  }

  addBare(): void {
    const line = quoteLine(this.#key.subarray(this.#keyStart, this.#keyEnd), this.#separator);
    throw new FoldError('sum', line, 'it has no value (--separator says what parts key and value)');
  }

  finish(): void {
    const text =
      this.#big === 0n && this.#scale === 0
        ? String(this.#small)
        : printDecimal(this.#big + BigInt(this.#small), this.#scale);
    const digits = Buffer.from(text, 'latin1');
    this.#sink.value(digits, 0, digits.length, 1);
  }

  /** Reads a number of few digits without making a string. False when it is not one. */
  #readSmall(bytes: Uint8Array, start: number, end: number): boolean {
    const first = bytes[start];
    if (first === MINUS || first === PLUS) {
      const isRead = this.#readUnsigned(bytes, start + 1, end);
      if (first === MINUS) this.#digits = 0 - this.#digits;
      return isRead;
    }
    return this.#readUnsigned(bytes, start, end);
  }

  #readUnsigned(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length <= 0 || length > SMALL_DIGITS_MAX) return false;
    let point = -1;
    let digits = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte >= DIGIT_0 && byte <= DIGIT_9) digits = digits * 10 + (byte - DIGIT_0);
      else if (byte === POINT && point < 0 && length > 1) point = at;
      else return false;
    }
    this.#digits = digits;
    this.#fraction = point < 0 ? 0 : end - point - 1;
    return true;
  }

  #addLarge(bytes: Uint8Array, start: number, end: number, times: number): void {
    const match = NUMBER.exec(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    const whole = match?.[2] ?? '';
    const fraction = match?.[3] ?? '';
    if (match === null || whole + fraction === '') {
      const key = this.#key.subarray(this.#keyStart, this.#keyEnd);
      const line = quoteLine(key, this.#separator, bytes.subarray(start, end));
      throw new FoldError('sum', line, 'its value is not an integer or a decimal number');
    }
    if (fraction.length > this.#scale) this.#raiseScale(fraction.length);
    const digits = BigInt(whole + fraction) * BigInt(match[1] === '-' ? -times : times);
    this.#big += digits * 10n ** BigInt(this.#scale - fraction.length);
  }

  #raiseScale(scale: number): void {
    this.#big = (this.#big + BigInt(this.#small)) * 10n ** BigInt(scale - this.#scale);
    this.#small = 0;
    this.#scale = scale;
  }
}

function printDecimal(total: bigint, scale: number): string {
  if (scale === 0) return String(total);
  const digits = String(total < 0n ? -total : total).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${total < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
