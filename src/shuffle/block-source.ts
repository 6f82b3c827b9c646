import { crc32 } from 'node:zlib';
import { compareBytes, orderedPrefix, PREFIX_BYTES } from './compare-bytes.ts';
import { copyBytes } from './copy-bytes.ts';
import type { RunFile } from './run-file.ts';
import type { RunBlock } from './run-format.ts';
import { CODE_BARE, CODE_EMPTY } from './table-layout.ts';

/** The most that the numbers before a value can take, and one byte more. */
const HEAD_BYTES_MAX = 17;
const VARINT_BYTES_MAX = 8;

/**
 * Reads the groups of one block, or of several that lie one behind another in a segment, through a
 * window, which grows for a large key or value.
 *
 * Two rules make bad data harmless. The checksum is compared as soon as the last byte of a block
 * has been loaded, before that byte is looked at. And the window always holds one byte more than
 * what is being looked at, if there is one more: since every group ends with a byte of its own,
 * whoever sees the last value knows that all of it was right.
 */
export class BlockSource {
  /** Place among all sources of a merge: equal keys are taken in this order. */
  order = 0;
  /** The current key, and its first 8 bytes as numbers that order like them. */
  key = new Uint8Array(64);
  keyLength = 0;
  high = 0;
  low = 0;
  /** The current value, in {@link window}. */
  valueStart = 0;
  valueEnd = 0;
  isBare = false;
  times = 0;
  window: Uint8Array;

  readonly #file: RunFile;
  readonly #blocks: readonly RunBlock[];
  #at = 0;
  #end = 0;
  /** How many blocks have been loaded, and how much of the one at hand. */
  #block = 0;
  #blockLoaded = 0;
  #offset: number;
  #unread: number;
  #crc = 0;
  #groups = 0;
  #records = 0;

  /** Opens the file if it is not open. `window` is memory that nobody else uses meanwhile. */
  constructor(file: RunFile, blocks: readonly RunBlock[], window: Uint8Array) {
    this.#file = file;
    this.#blocks = blocks;
    this.window = window;
    this.#offset = blocks[0]?.offset ?? 0;
    this.#unread = total(blocks, 'length');
    file.retain();
  }

  close(): void {
    this.#file.release();
  }

  /** Moves to the next group; the values of the one before must have been taken. */
  nextGroup(): boolean {
    this.#want(VARINT_BYTES_MAX);
    if (this.#at === this.#end) {
      this.#checkCounts();
      return false;
    }
    const length = this.#varint();
    this.#wantPayload(length);
    if (length > this.key.length) {
      const roomy = Math.min(this.key.length * 2, this.#file.largestBytes);
      this.key = new Uint8Array(Math.max(length, roomy));
    }
    copyBytes(this.window, this.#at, this.#at + length, this.key, 0);
    this.#at += length;
    this.keyLength = length;
    this.high = orderedPrefix(this.key, 0, length);
    this.low = orderedPrefix(this.key, 4, length);
    this.#groups++;
    return true;
  }

  /** Moves to the next value of the group; false at its end. */
  nextItem(): boolean {
    this.#want(HEAD_BYTES_MAX);
    const head = this.#varint();
    if (head === 0) return false;
    const code = Math.floor(head / 2);
    this.isBare = code === CODE_BARE;
    const length = this.isBare ? 0 : code - CODE_EMPTY;
    this.#wantPayload(length);
    this.valueStart = this.#at;
    this.valueEnd = this.#at + length;
    this.#at += length;
    this.times = head % 2 === 1 ? this.#varint() : 1;
    this.#records += this.times;
    return true;
  }

  /** Whether this source's key, or an earlier place with the same key, comes first. */
  isBefore(other: BlockSource): boolean {
    if (this.high !== other.high) return this.high < other.high;
    if (this.low !== other.low) return this.low < other.low;
    const difference = this.#compareTail(other.key, other.keyLength);
    return difference === 0 ? this.order < other.order : difference < 0;
  }

  /** The same for the current values of sources that have the same key; no value comes first. */
  hasValueBefore(other: BlockSource): boolean {
    if (this.isBare !== other.isBare) return this.isBare;
    const { window, valueStart, valueEnd } = other;
    const difference = compareBytes(
      this.window,
      this.valueStart,
      this.valueEnd,
      window,
      valueStart,
      valueEnd,
    );
    return difference === 0 ? this.order < other.order : difference < 0;
  }

  /** Whether the current key is `key[0, length)`. */
  hasKey(key: Uint8Array, length: number): boolean {
    if (this.keyLength !== length) return false;
    return compareBytes(this.key, 0, length, key, 0, length) === 0;
  }

  /** Loads what is left for its checksums alone. There are no groups after this. */
  protected verifyRest(): void {
    while (this.#unread > 0) {
      this.#end = 0;
      this.#load();
    }
    this.#at = this.#end;
  }

  /** Order against a key with the same prefixes. */
  #compareTail(key: Uint8Array, length: number): number {
    const from = Math.min(PREFIX_BYTES, this.keyLength, length);
    return compareBytes(this.key, from, this.keyLength, key, from, length);
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let taken = 0; taken < VARINT_BYTES_MAX && this.#at < this.#end; taken++) {
      const byte = this.window[this.#at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw this.#file.unreadable('a number in it is damaged');
  }

  /**
   * Has `length` bytes, a count and one byte more in the window. Every group ends with a byte that is
   * none of them.
   */
  #wantPayload(length: number): void {
    const isPossible = length >= 0 && length <= this.#file.largestBytes;
    if (isPossible) this.#want(length + VARINT_BYTES_MAX + 1);
    if (!isPossible || this.#end - this.#at <= length) {
      throw this.#file.unreadable('a length in it is damaged');
    }
  }

  /** Loads until `bytes` bytes are in the window, or all that is left. */
  #want(bytes: number): void {
    if (this.#end - this.#at >= bytes || this.#unread === 0) return;
    const window = this.window;
    const kept = this.#end - this.#at;
    if (bytes > window.length) {
      this.window = new Uint8Array(bytes);
      this.window.set(window.subarray(this.#at, this.#end));
    } else {
      window.copyWithin(0, this.#at, this.#end);
    }
    this.#at = 0;
    this.#end = kept;
    while (this.#end < bytes && this.#unread > 0) this.#load();
  }

  #load(): void {
    const wanted = Math.min(this.window.length - this.#end, this.#unread);
    const got = this.#file.read(this.window, this.#end, wanted, this.#offset);
    if (got === 0) throw this.#file.unreadable('it is cut short');
    this.#offset += got;
    this.#unread -= got;
    this.#verify(this.#end, this.#end + got);
    this.#end += got;
  }

  /** Takes what was loaded into the checksums of its blocks. */
  #verify(start: number, end: number): void {
    for (let at = start; at < end;) {
      const block = this.#blocks[this.#block];
      if (block === undefined) return;
      const length = Math.min(end - at, block.length - this.#blockLoaded);
      this.#crc = crc32(this.window.subarray(at, at + length), this.#crc);
      this.#blockLoaded += length;
      at += length;
      if (this.#blockLoaded < block.length) return;
      if (this.#crc !== block.crc) throw this.#file.unreadable('the checksum of a block is wrong');
      this.#block++;
      this.#blockLoaded = 0;
      this.#crc = 0;
    }
  }

  #checkCounts(): void {
    const isRight =
      this.#groups === total(this.#blocks, 'groups') &&
      this.#records === total(this.#blocks, 'records');
    if (!isRight) throw this.#file.unreadable('a block and its index disagree');
  }
}

function total(blocks: readonly RunBlock[], what: 'length' | 'groups' | 'records'): number {
  return blocks.reduce((sum, block) => sum + block[what], 0);
}
