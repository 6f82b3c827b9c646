import type { Random } from './random.ts';

/** Different words of small letters, as bytes side by side. */
export class WordTable {
  readonly longest: number;
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;

  /** `shortest` and `longest` are lengths in bytes; each length in between is as frequent. */
  constructor(random: Random, count: number, shortest: number, longest: number) {
    const words = new Set<string>();
    while (words.size < count) {
      const length = shortest + random.below(longest - shortest + 1);
      words.add(distinct(words, randomWord(random, length), longest, random));
    }
    const starts = [0];
    for (const word of words) starts.push((starts.at(-1) ?? 0) + word.length);
    this.longest = longest;
    this.#bytes = new TextEncoder().encode([...words].join(''));
    this.#starts = Uint32Array.from(starts);
  }

  /** Copies a word to `at`; gives the place after it. */
  copy(index: number, block: Uint8Array, at: number): number {
    const end = this.#starts[index + 1] ?? 0;
    let to = at;
    for (let from = this.#starts[index] ?? 0; from < end; from++) {
      block[to++] = this.#bytes[from] ?? 0;
    }
    return to;
  }
}

const LETTER_A = 97;
const LETTERS = 26;

function randomWord(random: Random, length: number): string {
  const codes = Array.from({ length }, () => LETTER_A + random.below(LETTERS));
  return String.fromCharCode(...codes);
}

/** There are few short words: one that is taken grows, or makes room for another try. */
function distinct(
  words: ReadonlySet<string>,
  word: string,
  longest: number,
  random: Random,
): string {
  let longer = word;
  while (words.has(longer) && longer.length < longest) longer += randomWord(random, 1);
  return longer;
}
