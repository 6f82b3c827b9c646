import { writeBytes, writeDigits } from './ascii.ts';
import type { LineMaker } from './line-maker.ts';
import { Random } from './random.ts';
import { WordTable } from './word-table.ts';
import { Zipf } from './zipf.ts';

const PATHS = 50_000;
const PATH_BYTES_MIN = 5;
const PATH_BYTES_MAX = 40;
const SECONDS_PER_DAY = 86_400;
const REQUESTS_PER_SECOND = 50;
const SIZE_DIGITS = 5;
const SIZES = 90_000;
const SIZE_MIN = 10_000;
const MISSING_ONE_IN = 50;
const POINT = 46;
const COLON = 58;
const NEWLINE = 10;

const text = new TextEncoder();
const BEFORE_DAY = text.encode(' - - [');
const AFTER_DAY = text.encode('/Mar/2025:');
const BEFORE_PATH = text.encode(' +0000] "GET /');
const FOUND = text.encode('.html HTTP/1.1" 200 ');
const MISSING = text.encode('.html HTTP/1.1" 404 ');

/**
 * Lines of a web server's log, in the order of time, paths by Zipf's law:
 * `010.023.045.067 - - [01/Mar/2025:00:00:00 +0000] "GET /name.html HTTP/1.1" 200 12345`.
 *
 * Source: the Common Log Format (httpd.apache.org/docs/current/logs.html).
 */
export class AccessLog implements LineMaker {
  readonly longest = '000.000.000.000'.length + 2 * MISSING.length + 60 + PATH_BYTES_MAX;
  readonly #random: Random;
  readonly #paths: WordTable;
  readonly #popularity = new Zipf(PATHS, 1);
  #line = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#paths = new WordTable(this.#random, PATHS, PATH_BYTES_MIN, PATH_BYTES_MAX);
  }

  writeLine(block: Uint8Array, start: number): number {
    const random = this.#random;
    let at = writeAddress(block, start, random.next());
    at = writeTime(block, at, Math.floor(this.#line++ / REQUESTS_PER_SECOND));
    at = writeBytes(block, at, BEFORE_PATH);
    at = this.#paths.copy(this.#popularity.draw(random), block, at);
    at = writeBytes(block, at, random.below(MISSING_ONE_IN) === 0 ? MISSING : FOUND);
    at = writeDigits(block, at, SIZE_MIN + random.below(SIZES), SIZE_DIGITS);
    block[at++] = NEWLINE;
    return at;
  }
}

function writeAddress(block: Uint8Array, start: number, bits: number): number {
  let at = start;
  for (let shift = 24; shift >= 0; shift -= 8) {
    at = writeDigits(block, at, (bits >>> shift) & 255, 3);
    block[at++] = POINT;
  }
  return at - 1;
}

/** The days go on past the 31st, to the 99th, and then begin again: nobody looks. */
function writeTime(block: Uint8Array, start: number, second: number): number {
  const day = (Math.floor(second / SECONDS_PER_DAY) % 99) + 1;
  let at = writeDigits(block, writeBytes(block, start, BEFORE_DAY), day, 2);
  at = writeDigits(block, writeBytes(block, at, AFTER_DAY), Math.floor(second / 3600) % 24, 2);
  for (const part of [Math.floor(second / 60) % 60, second % 60]) {
    block[at++] = COLON;
    at = writeDigits(block, at, part, 2);
  }
  return at;
}
