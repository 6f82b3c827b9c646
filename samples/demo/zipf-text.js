// Makes text as uneven as that of a language, the same for the same seed, in constant memory.

import { open } from 'node:fs/promises';

const WORDS = 200_000;
const WORD_LETTERS = { min: 3, max: 10 };
const WORDS_PER_LINE = 12;
const LINE_BYTES_MAX = WORDS_PER_LINE * (WORD_LETTERS.max + 1);
const BLOCK_BYTES = 1024 * 1024;
/** Ranks are looked up in a table of so many equal shares of all words. */
const SHARES = 1 << 20;
const [SPACE, NEWLINE, LETTER_A] = Buffer.from(' \na');

/**
 * Writes lines of 12 words to `path`, `bytes` of them or up to a line more. Word number n comes with
 * a weight of 1/n (Zipf's law).
 * @returns how many bytes and words were written
 */
export async function writeZipfText(path, { bytes, seed, signal }) {
  const random = randomNumbers(seed);
  const vocabulary = makeWords(random);
  const ranks = makeRanks();
  const block = Buffer.alloc(BLOCK_BYTES);
  const writeLine = (start) => {
    let at = start;
    for (let word = 0; word < WORDS_PER_LINE; word++) {
      at += vocabulary[ranks[random() % SHARES]].copy(block, at);
      block[at++] = SPACE;
    }
    block[at - 1] = NEWLINE;
    return at;
  };
  const written = { bytes: 0, words: 0 };
  const file = await open(path, 'wx');
  try {
    while (written.bytes < bytes) {
      signal.throwIfAborted();
      let at = 0;
      while (at + LINE_BYTES_MAX <= BLOCK_BYTES && written.bytes + at < bytes) {
        at = writeLine(at);
        written.words += WORDS_PER_LINE;
      }
      await file.writeFile(block.subarray(0, at));
      written.bytes += at;
    }
  } finally {
    await file.close();
  }
  return written;
}

/** Numbers of 32 bits: mulberry32, by Tommy Ettinger. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

function makeWords(random) {
  const words = new Set();
  while (words.size < WORDS) {
    const length = WORD_LETTERS.min + (random() % (WORD_LETTERS.max - WORD_LETTERS.min + 1));
    const letters = Array.from({ length }, () => LETTER_A + (random() % 26));
    // Words as short as three letters are few: those that are there already become longer.
    while (words.has(String.fromCharCode(...letters))) letters.push(LETTER_A + (random() % 26));
    if (letters.length <= WORD_LETTERS.max) words.add(String.fromCharCode(...letters));
  }
  return Array.from(words, (word) => Buffer.from(word, 'latin1'));
}

/** Which word each share of the text is: the first has most of them, the rarest one at most. */
function makeRanks() {
  const ranks = new Uint32Array(SHARES);
  let total = 0;
  for (let rank = 1; rank <= WORDS; rank++) total += 1 / rank;
  let rank = 0;
  let below = 1 / total;
  for (let share = 0; share < SHARES; share++) {
    while (rank < WORDS - 1 && share / SHARES >= below) below += 1 / (++rank + 1) / total;
    ranks[share] = rank;
  }
  return ranks;
}
