import { openSync, rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { assert } from '../runtime/assert.ts';
import { countNewlines } from './count-newlines.ts';
import { EarlySync } from './early-sync.ts';
import { LINE_FEED } from './key-finder.ts';
import { writeFully } from './write-fully.ts';

const BUFFER_BYTES = 256 * 1024;
const NEWLINE = Uint8Array.of(LINE_FEED);

export interface PartWriterOptions {
  /** The file to be made. It must not exist yet. */
  readonly path: string;
  /** Completes a last line that has no newline. Otherwise the bytes stay exactly as they came. */
  readonly ensureFinalNewline?: boolean;
}

export interface PartSummary {
  readonly bytes: number;
  /** Lines, a last one without newline included. */
  readonly records: number;
  readonly crc32: number;
}

/** Writes one output file from chunks of any size. Errors of the file system keep their `code`. */
export class PartWriter {
  readonly #options: PartWriterOptions;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  readonly #fd: number;
  readonly #sync: EarlySync;
  #isOpen = true;
  #used = 0;
  #bytes = 0;
  #newlines = 0;
  #lastByte = LINE_FEED;
  #crc = 0;

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#fd = openSync(options.path, 'wx');
    this.#sync = new EarlySync(this.#fd);
  }

  /** Bytes taken so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a chunk; its memory may be reused at once. */
  write(chunk: Uint8Array): void {
    const last = chunk.at(-1);
    if (last === undefined) return;
    this.#lastByte = last;
    this.#bytes += chunk.length;
    this.#newlines += countNewlines(chunk);
    this.#crc = crc32(chunk, this.#crc);
    if (this.#used + chunk.length > BUFFER_BYTES) this.#flush();
    if (chunk.length > BUFFER_BYTES) {
      this.#writeOut(chunk);
    } else {
      this.#buffer.set(chunk, this.#used);
      this.#used += chunk.length;
    }
  }

  /** Ends a program's output: completes its last line, whatever the options say. */
  endLine(): void {
    if (this.#lastByte !== LINE_FEED) this.write(NEWLINE);
  }

  async finish(): Promise<PartSummary> {
    if (this.#options.ensureFinalNewline === true) this.endLine();
    this.#flush();
    await this.#sync.settled();
    this.#close();
    const records = this.#newlines + (this.#lastByte === LINE_FEED ? 0 : 1);
    return { bytes: this.#bytes, records, crc32: this.#crc };
  }

  /** Closes and removes the file. May be called at any time, also twice. */
  abort(): void {
    try {
      this.#close();
    } finally {
      rmSync(this.#options.path, { force: true });
    }
  }

  #flush(): void {
    this.#writeOut(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #writeOut(bytes: Uint8Array): void {
    assert(this.#isOpen, 'a closed part was written to');
    writeFully(this.#fd, bytes, this.#options.path);
    this.#sync.wrote(bytes.length);
  }

  #close(): void {
    if (this.#isOpen) this.#sync.close();
    this.#isOpen = false;
  }
}
