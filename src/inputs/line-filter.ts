import { countNewlines } from '../shuffle/count-newlines.ts';

/** Some lines of an input, numbered from 0 through all of its files. */
export interface LineRange {
  readonly from: number;
  /** The line after the last. */
  readonly to: number;
  /** Of those, the ones to leave out, ascending. */
  readonly except: readonly number[];
}

/** A part of a line that is left out: the whole of it unless it lies in several blocks. */
export interface LeftOut {
  readonly line: number;
  /** Of the line, in its file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const LINE_FEED = 0x0a;

/** Lets some lines of an input pass, and hands out those that are left out. */
export class LineFilter {
  /** Lines that have passed, whole or begun. */
  passed = 0;
  readonly #range: LineRange;
  readonly #onLeftOut: (part: LeftOut) => void;
  /** Where what is done with a line changes, descending: the next is the last. */
  readonly #changes: number[];
  /** The line of the next byte. */
  #line = 0;
  #isInLine = false;
  /** Of the next byte, in its file. */
  #offset = 0;
  #lineOffset = 0;

  constructor(range: LineRange, onLeftOut: (part: LeftOut) => void = () => undefined) {
    this.#range = range;
    this.#onLeftOut = onLeftOut;
    const { from, to, except } = range;
    const changes = [from, to, ...except.flatMap((line) => [line, line + 1])];
    this.#changes = [...new Set(changes)].toSorted((a, b) => b - a);
  }

  /** How many lines have come, once the last file has ended. */
  get lines(): number {
    return this.#line;
  }

  /** Whether no line passes any more, nor is left out. */
  get isPast(): boolean {
    return this.#line >= this.#range.to;
  }

  /** @param offset of its first byte */
  beginFile(offset: number): void {
    this.#offset = offset;
    this.#lineOffset = offset;
  }

  /** What of a block passes: parts of the block itself, none of them empty. */
  take(block: Uint8Array): readonly Uint8Array[] {
    const passing: Uint8Array[] = [];
    let rest = block;
    while (rest.length > 0) {
      const fate = this.#fate();
      const line = this.#line;
      const part = this.#untilChange(rest);
      const wasInLine = this.#isInLine;
      const begun = wasInLine ? this.#lineOffset : this.#offset;
      this.#move(part);
      if (fate === 'left_out') this.#onLeftOut({ line, offset: begun, bytes: part });
      if (fate === 'passes') {
        passing.push(part);
        this.passed += this.#line - line + Number(this.#isInLine) - Number(wasInLine);
      }
      rest = rest.subarray(part.length);
    }
    return passing;
  }

  /** A last line without a newline is whole. */
  endFile(): void {
    if (!this.#isInLine) return;
    this.#isInLine = false;
    this.#line += 1;
  }

  #fate(): 'passes' | 'left_out' | 'dropped' {
    const { from, to, except } = this.#range;
    if (this.#line < from || this.#line >= to) return 'dropped';
    return except.includes(this.#line) ? 'left_out' : 'passes';
  }

  /** Lines that share one fate. */
  #untilChange(bytes: Uint8Array): Uint8Array {
    while ((this.#changes.at(-1) ?? Infinity) <= this.#line) this.#changes.pop();
    const lines = (this.#changes.at(-1) ?? Infinity) - this.#line;
    if (lines === Infinity || countNewlines(bytes) < lines) return bytes;
    let end = 0;
    for (let line = 0; line < lines; line += 1) end = bytes.indexOf(LINE_FEED, end) + 1;
    return bytes.subarray(0, end);
  }

  #move(part: Uint8Array): void {
    const newlines = countNewlines(part);
    if (newlines > 0) this.#lineOffset = this.#offset + part.lastIndexOf(LINE_FEED) + 1;
    else if (!this.#isInLine) this.#lineOffset = this.#offset;
    this.#line += newlines;
    this.#offset += part.length;
    this.#isInLine = part.at(-1) !== LINE_FEED;
  }
}
