import { MESSAGE_BYTES_MAX } from './limits.ts';

/** A whole line without its newline, or the news that one was too long and is thrown away. */
export type SplitLine = { readonly line: Uint8Array } | { readonly tooLong: true };

const NEWLINE = 0x0a;
const FIRST_BUFFER_BYTES = 1024;
const NOTHING = new Uint8Array(0);

/**
 * Cuts a stream of chunks into lines. The cost is linear however small the chunks are (a growing
 * buffer, each byte searched once), and what is kept is bounded by the longest line.
 * The lines are the same wherever the stream is cut into chunks.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #buffer = NOTHING;
  #pendingBytes = 0;
  #discarding = false;

  constructor(lineBytesMax: number = MESSAGE_BYTES_MAX) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** Bytes of the line that has no newline yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether an unfinished line is held or being thrown away. */
  get midLine(): boolean {
    return this.#discarding || this.#pendingBytes > 0;
  }

  /** Takes a chunk and returns the lines that it completes; they may share the chunk's memory. */
  push(chunk: Uint8Array): SplitLine[] {
    const lines: SplitLine[] = [];
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, start);
      const piece = chunk.subarray(start, newline === -1 ? chunk.length : newline);
      if (!this.#discarding && this.#pendingBytes + piece.length > this.#lineBytesMax) {
        this.take();
        this.#discarding = true;
        lines.push({ tooLong: true });
      }
      if (newline === -1) {
        if (!this.#discarding) this.#append(piece);
        break;
      }
      if (!this.#discarding) lines.push({ line: this.#finish(piece) });
      this.#discarding = false;
      start = newline + 1;
    }
    return lines;
  }

  /** The stream is over: what is left is the last line, unless nothing is. */
  end(): SplitLine | undefined {
    this.#discarding = false;
    return this.#pendingBytes === 0 ? undefined : { line: this.take() };
  }

  /**
   * The unfinished line when it may be a whole document: it ends in `}`. Undefined otherwise.
   * It stays pending until {@link take}.
   */
  peekWhole(): Uint8Array | undefined {
    let last = this.#pendingBytes - 1;
    while (last >= 0 && isBlank(this.#buffer[last])) last--;
    return this.#buffer[last] === CLOSING_BRACE ? this.#pending() : undefined;
  }

  /** Takes the unfinished line away. */
  take(): Uint8Array {
    const line = this.#pending();
    this.#buffer = NOTHING;
    this.#pendingBytes = 0;
    return line;
  }

  #pending(): Uint8Array {
    return this.#buffer.subarray(0, this.#pendingBytes);
  }

  /** A line that lies in one chunk is not copied. */
  #finish(piece: Uint8Array): Uint8Array {
    if (this.#pendingBytes === 0) return piece;
    this.#append(piece);
    return this.take();
  }

  #append(piece: Uint8Array): void {
    const bytes = this.#pendingBytes + piece.length;
    if (bytes > this.#buffer.length) {
      const roomy = Math.max(bytes, 2 * this.#buffer.length, FIRST_BUFFER_BYTES);
      const grown = new Uint8Array(Math.min(roomy, this.#lineBytesMax));
      grown.set(this.#pending());
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.#pendingBytes);
    this.#pendingBytes = bytes;
  }
}

const CLOSING_BRACE = 0x7d;

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
