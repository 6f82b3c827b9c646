import { copyBytes } from './copy-bytes.ts';
import type { GroupCursor } from './group-cursor.ts';
import { LINE_FEED } from './key-finder.ts';

/** A chunk of lines is handed out when it has reached this length. */
const CHUNK_BYTES = 256 * 1024;
const SLACK_BYTES = 4096;

/**
 * Collects lines `key separator value LF` into chunks. A line that comes many times is written once
 * and then doubled, a chunk at a time, so that any count takes constant memory.
 */
export class LineBuffer {
  /** Bytes handed out so far. */
  bytes = 0;
  readonly #separator: Uint8Array;
  #chunk = new Uint8Array(CHUNK_BYTES + SLACK_BYTES);
  #used = 0;
  #lineStart = 0;
  #lineLength = 0;
  /** How often the last line is still to be repeated. */
  #owed = 0;

  constructor(separator: Uint8Array) {
    this.#separator = separator;
  }

  /** True when the chunk should be taken before anything is added. */
  get isFull(): boolean {
    return this.#used >= CHUNK_BYTES;
  }

  /** Adds the cursor's key with a value, `times` times. */
  add(key: GroupCursor, value: Uint8Array, start: number, end: number, times: number): void {
    this.#beginLine(key.keyEnd - key.keyStart + end - start + this.#separator.length + 1);
    this.#append(key.keyBytes, key.keyStart, key.keyEnd);
    this.#appendSeparator();
    this.#append(value, start, end);
    this.#endLine(times);
  }

  /** Adds the cursor's key alone, as it came, `times` times. */
  addBare(key: GroupCursor, times: number): void {
    this.#beginLine(key.keyEnd - key.keyStart + 1);
    this.#append(key.keyBytes, key.keyStart, key.keyEnd);
    this.#endLine(times);
  }

  /** The lines collected, undefined when there are none. Valid until {@link restart}. */
  take(): Uint8Array | undefined {
    if (this.#used === 0) return undefined;
    this.bytes += this.#used;
    return this.#chunk.subarray(0, this.#used);
  }

  /** Begins the next chunk, with the repetitions that are still owed. */
  restart(): void {
    if (this.#owed === 0) {
      this.#used = 0;
      return;
    }
    this.#chunk.copyWithin(0, this.#lineStart, this.#lineStart + this.#lineLength);
    this.#lineStart = 0;
    this.#used = this.#lineLength;
    this.#owed--;
    this.#repeat(this.#copiesToFill());
  }

  #beginLine(length: number): void {
    // Only a fold that repeats one value and then gives another in one breath comes here with a debt.
    if (this.#owed > 0) this.#repeat(this.#owed);
    this.#makeRoom(length);
    this.#lineStart = this.#used;
  }

  #endLine(times: number): void {
    this.#chunk[this.#used++] = LINE_FEED;
    if (times === 1) return;
    this.#lineLength = this.#used - this.#lineStart;
    this.#owed = times - 1;
    this.#repeat(this.#copiesToFill());
  }

  #copiesToFill(): number {
    const free = Math.max(0, CHUNK_BYTES - this.#used);
    return Math.min(this.#owed, Math.ceil(free / this.#lineLength));
  }

  /** Repeats the last line, which ends where the chunk ends. */
  #repeat(copies: number): void {
    const total = (copies + 1) * this.#lineLength;
    this.#makeRoom(total - this.#lineLength);
    let done = this.#lineLength;
    while (done < total) {
      const more = Math.min(done, total - done);
      this.#chunk.copyWithin(this.#lineStart + done, this.#lineStart, this.#lineStart + more);
      done += more;
    }
    this.#used = this.#lineStart + total;
    this.#owed -= copies;
  }

  #appendSeparator(): void {
    const separator = this.#separator;
    for (let at = 0; at < separator.length; at++) {
      this.#chunk[this.#used++] = separator[at] as number;
    }
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    copyBytes(bytes, start, end, this.#chunk, this.#used);
    this.#used += end - start;
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#chunk.length) return;
    const larger = new Uint8Array(this.#used + bytes + SLACK_BYTES);
    larger.set(this.#chunk.subarray(0, this.#used));
    this.#chunk = larger;
  }
}
