import type { LineMaker } from './line-maker.ts';
import { Random } from './random.ts';

export const SORT_RECORD_BYTES = 100;

const KEY_BYTES = 10;
const PRINTABLE = 95;
const NUMBER_AT = KEY_BYTES + 2;
const NUMBER_DIGITS = 32;
const FILLER_AT = NUMBER_AT + NUMBER_DIGITS + 2;
const FILLER_GROUPS = 13;
const SPACE = 32;
const CARRIAGE_RETURN = 13;
const NEWLINE = 10;
const HEX = new TextEncoder().encode('0123456789ABCDEF');

/**
 * Records of 100 bytes as the sort benchmarks have them: 10 random printable bytes, the number of
 * the record in 32 hexadecimal digits, 13 random digits four times each, CR LF. No TAB: the whole
 * line is the key.
 *
 * Source: gensort (ordinal.com/gensort.html), its ASCII records; the numbers are drawn otherwise.
 */
export class SortRecords implements LineMaker {
  readonly longest = SORT_RECORD_BYTES;
  readonly #random: Random;
  #number = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  writeLine(block: Uint8Array, start: number): number {
    const random = this.#random;
    const end = start + SORT_RECORD_BYTES;
    block.fill(SPACE, start, end);
    for (let at = start; at < start + KEY_BYTES; at++) block[at] = SPACE + random.below(PRINTABLE);
    this.#writeNumber(block, start + NUMBER_AT);
    let at = start + FILLER_AT;
    for (let group = 0; group < FILLER_GROUPS; group++) {
      const digit = HEX[random.below(HEX.length)] ?? 0;
      for (let times = 0; times < 4; times++) block[at++] = digit;
    }
    block[end - 2] = CARRIAGE_RETURN;
    block[end - 1] = NEWLINE;
    return end;
  }

  #writeNumber(block: Uint8Array, at: number): void {
    let left = this.#number++;
    for (let to = at + NUMBER_DIGITS - 1; to >= at; to--) {
      block[to] = HEX[left & 15] ?? 0;
      left >>>= 4;
    }
  }
}
