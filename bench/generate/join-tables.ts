import { writeBytes, writeDigits } from './ascii.ts';
import type { LineMaker } from './line-maker.ts';
import { Random } from './random.ts';
import { WordTable } from './word-table.ts';
import { Zipf } from './zipf.ts';

const KEY_DIGITS = 8;
const ORDER_DIGITS = 9;
const NAME_COUNT = 5000;
const NAME_BYTES_MIN = 5;
const NAME_BYTES_MAX = 15;
/** Some customers order more than others. */
const ORDERS_EXPONENT = 0.5;
/** A prime above any number of customers: their keys come in no order, and each once. */
const STRIDE = 15_485_863;
const BEFORE_NAME = new TextEncoder().encode('\tN');
const BEFORE_ORDER = new TextEncoder().encode('\tO');
const NEWLINE = 10;
const BLANK = 32;

/** Lines `12345678<TAB>Nname`, a customer each, every key once. */
export class Customers implements LineMaker {
  readonly longest = KEY_DIGITS + BEFORE_NAME.length + NAME_BYTES_MAX + 1;
  readonly #random: Random;
  readonly #names: WordTable;
  readonly #count: number;
  #customer = 0;

  constructor(seed: number, count: number) {
    this.#random = new Random(seed);
    this.#names = new WordTable(this.#random, NAME_COUNT, NAME_BYTES_MIN, NAME_BYTES_MAX);
    this.#count = count;
  }

  writeLine(block: Uint8Array, start: number): number {
    const key = keyOf(this.#customer++, this.#count);
    let at = writeBytes(block, writeDigits(block, start, key, KEY_DIGITS), BEFORE_NAME);
    at = this.#names.copy(this.#random.below(NAME_COUNT), block, at);
    block[at++] = NEWLINE;
    return at;
  }
}

/** Lines `12345678<TAB>O000000042 000123`: an order, its number and amount. */
export class Orders implements LineMaker {
  readonly longest = KEY_DIGITS + BEFORE_ORDER.length + ORDER_DIGITS + 1 + KEY_DIGITS + 1;
  readonly #random: Random;
  readonly #customers: Zipf;
  readonly #count: number;
  #order = 0;

  constructor(seed: number, customers: number) {
    this.#random = new Random(seed);
    this.#customers = new Zipf(customers, ORDERS_EXPONENT);
    this.#count = customers;
  }

  writeLine(block: Uint8Array, start: number): number {
    const key = keyOf(this.#customers.draw(this.#random), this.#count);
    let at = writeBytes(block, writeDigits(block, start, key, KEY_DIGITS), BEFORE_ORDER);
    at = writeDigits(block, at, this.#order++, ORDER_DIGITS);
    block[at++] = BLANK;
    at = writeDigits(block, at, this.#random.below(1_000_000), KEY_DIGITS);
    block[at++] = NEWLINE;
    return at;
  }
}

/** The key of the n-th customer; products stay below 2^53. */
function keyOf(customer: number, count: number): number {
  return (customer * STRIDE) % count;
}
