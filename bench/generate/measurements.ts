import { writeBytes, writeDigits } from './ascii.ts';
import type { LineMaker } from './line-maker.ts';
import { Random } from './random.ts';
import { WordTable } from './word-table.ts';

const NAME_BYTES_MIN = 4;
const NAME_BYTES_MAX = 16;
const TENTHS_MAX = 999;
const MEAN_TENTHS = 300;
const SPREAD_TENTHS = 100;
/** Of the sum of four numbers from 0 to 255. */
const DICE_MEAN = 510;
const DICE_DEVIATION = 148;
const SEMICOLON = new TextEncoder().encode(';');
const MINUS = 45;
const POINT = 46;
const NEWLINE = 10;

/**
 * Lines `station;12.3`: each station as often as any other, temperatures with one decimal in a bell
 * around the station's own mean, from -99.9 to 99.9.
 *
 * Source: the One Billion Row Challenge (github.com/gunnarmorling/1brc).
 */
export class Measurements implements LineMaker {
  readonly longest = NAME_BYTES_MAX + ';-99.9\n'.length;
  readonly #random: Random;
  readonly #names: WordTable;
  readonly #means: readonly number[];

  constructor(seed: number, stations: number) {
    this.#random = new Random(seed);
    this.#names = new WordTable(this.#random, stations, NAME_BYTES_MIN, NAME_BYTES_MAX);
    this.#means = Array.from({ length: stations }, () => this.#random.below(MEAN_TENTHS));
  }

  writeLine(block: Uint8Array, start: number): number {
    const station = this.#random.below(this.#means.length);
    const at = writeBytes(block, this.#names.copy(station, block, start), SEMICOLON);
    return writeTenths(block, at, (this.#means[station] ?? 0) + this.#deviation());
  }

  /** Four throws of a die are a bell already. */
  #deviation(): number {
    const bits = this.#random.next();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    return Math.round(((sum - DICE_MEAN) / DICE_DEVIATION) * SPREAD_TENTHS);
  }
}

function writeTenths(block: Uint8Array, start: number, tenths: number): number {
  let at = start;
  if (tenths < 0) block[at++] = MINUS;
  const size = Math.min(Math.abs(tenths), TENTHS_MAX);
  at = writeDigits(block, at, Math.floor(size / 10), size < 100 ? 1 : 2);
  block[at++] = POINT;
  at = writeDigits(block, at, size % 10, 1);
  block[at++] = NEWLINE;
  return at;
}
