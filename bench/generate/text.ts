import type { LineMaker } from './line-maker.ts';
import { Random } from './random.ts';
import { WordTable } from './word-table.ts';
import { Zipf } from './zipf.ts';

export interface TextOptions {
  readonly seed: number;
  /** How many different words there are. */
  readonly words?: number;
  readonly shortestWord?: number;
  readonly longestWord?: number;
  /** Of Zipf's law: word number i comes with a weight of 1 / i^`exponent`. */
  readonly exponent?: number;
  /** The first word is drawn with this chance besides, from 0 to 1. */
  readonly heavyShare?: number;
  /** One line in so many ends with {@link NEEDLE}, the first one always; 0 is none. */
  readonly needleEvery?: number;
}

/** Not in any other line: all words are of small letters. */
export const NEEDLE = 'NEEDLE';

const NEEDLE_BYTES = new TextEncoder().encode(` ${NEEDLE}`);
const WORDS_PER_LINE = 12;
const SPACE = 32;
const NEWLINE = 10;

/** Lines of 12 words, drawn by Zipf's law: as uneven as words of a language are. */
export class Text implements LineMaker {
  readonly longest: number;
  readonly #random: Random;
  readonly #table: WordTable;
  readonly #zipf: Zipf;
  readonly #heavyBelow: number;
  readonly #needleEvery: number;
  #line = 0;

  constructor(options: TextOptions) {
    const { words = 200_000, shortestWord = 3, longestWord = 10, exponent = 1 } = options;
    this.#random = new Random(options.seed);
    this.#table = new WordTable(this.#random, words, shortestWord, longestWord);
    this.#zipf = new Zipf(words, exponent);
    this.#heavyBelow = (options.heavyShare ?? 0) * 0x1_0000_0000;
    this.#needleEvery = options.needleEvery ?? 0;
    this.longest = WORDS_PER_LINE * (longestWord + 1) + NEEDLE_BYTES.length;
  }

  writeLine(block: Uint8Array, start: number): number {
    let at = start;
    for (let word = 0; word < WORDS_PER_LINE; word++) {
      at = this.#table.copy(this.#draw(), block, at);
      block[at++] = SPACE;
    }
    at--;
    if (this.#needleEvery > 0 && this.#line++ % this.#needleEvery === 0) {
      block.set(NEEDLE_BYTES, at);
      at += NEEDLE_BYTES.length;
    }
    block[at++] = NEWLINE;
    return at;
  }

  #draw(): number {
    if (this.#heavyBelow > 0 && this.#random.next() < this.#heavyBelow) return 0;
    return this.#zipf.draw(this.#random);
  }
}
