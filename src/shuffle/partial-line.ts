import { LINE_FEED } from './key-finder.ts';
import { RecordTooLongError } from './record-too-long-error.ts';

const FIRST_BYTES = 4096;
/** More memory than this is not kept for the next line. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** The beginning of a line whose end has not come yet. */
export class PartialLine {
  readonly #maxRecordBytes: number;
  #buffer = new Uint8Array(FIRST_BYTES);
  #used = 0;

  constructor(maxRecordBytes: number) {
    this.#maxRecordBytes = maxRecordBytes;
  }

  get isEmpty(): boolean {
    return this.#used === 0;
  }

  /** What there is of the line. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#used);
  }

  /** @throws {RecordTooLongError} */
  append(chunk: Uint8Array, from: number, to: number): void {
    const used = this.#used + to - from;
    this.#grow(used);
    this.#buffer.set(chunk.subarray(from, to), this.#used);
    this.#used = used;
    const lineBytes = this.#buffer[used - 1] === LINE_FEED ? used - 1 : used;
    if (lineBytes > this.#maxRecordBytes) {
      throw new RecordTooLongError(this.#maxRecordBytes, this.#buffer, 0);
    }
  }

  /** Takes the rest of the line from a chunk. Returns where the next line begins, -1 if nowhere. */
  complete(chunk: Uint8Array): number {
    const lineEnd = chunk.indexOf(LINE_FEED);
    this.append(chunk, 0, lineEnd < 0 ? chunk.length : lineEnd + 1);
    return lineEnd < 0 ? -1 : lineEnd + 1;
  }

  /** Makes a complete line of it. */
  terminate(): void {
    this.#grow(this.#used + 1);
    this.#buffer[this.#used++] = LINE_FEED;
  }

  clear(): void {
    this.#used = 0;
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = new Uint8Array(FIRST_BYTES);
  }

  #grow(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    // Never far beyond what a record may have: this memory comes on top of the sort buffer.
    const roomy = Math.min(this.#buffer.length * 2, this.#maxRecordBytes + 1);
    const larger = new Uint8Array(Math.max(bytes, roomy));
    larger.set(this.bytes);
    this.#buffer = larger;
  }
}
