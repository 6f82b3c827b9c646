import { closeSync, openSync, rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { assert } from '../runtime/assert.ts';
import { copyBytes } from './copy-bytes.ts';
import type { GroupSink } from './group-cursor.ts';
import {
  encodeFooter,
  encodeHeader,
  encodeIndexRow,
  FOOTER_BYTES,
  indexRowBytes,
  writeVarint,
} from './run-format.ts';
import type { RunBlock } from './run-format.ts';
import { SegmentCuts } from './segment-cuts.ts';
import { CODE_BARE, CODE_EMPTY } from './item-layout.ts';
import { writeFully } from './write-fully.ts';

const BUFFER_BYTES = 256 * 1024;
/** So many bytes are written as they are, and not collected first. */
const LARGE_BYTES = 32 * 1024;
/** Room for the numbers before a key or a value. */
const HEAD_BYTES_MAX = 16;
const EMPTY_BLOCK: RunBlock = { offset: 0, length: 0, groups: 0, records: 0, crc: 0 };

/**
 * Writes one run, see run-format.ts. Calls must nest: segment, block (partitions ascending), group
 * (keys ascending), values. Errors of the file system pass through with their `code`.
 */
export class RunWriter implements GroupSink {
  /** What has been written so far, in all segments. */
  segments = 0;
  groups = 0;
  records = 0;
  readonly partitionBytes: number[];
  readonly partitionRecords: number[];

  readonly #path: string;
  readonly #partitions: number;
  readonly #rows: RunBlock[][];
  readonly #cuts: SegmentCuts | undefined;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #fd: number | undefined;
  #used = 0;
  #flushedBytes = 0;
  #largestBytes = 0;
  #partition = -1;
  #blockOffset = 0;
  #blockGroups = 0;
  #blockRecords = 0;
  /** Where the block should end at the next border of groups: never, but in an ordered run. */
  #cutAt = Infinity;
  #crc = 0;
  #crcFrom = 0;

  /** Creates the file, which must not exist. An ordered run has one partition. */
  constructor(path: string, partitions: number, { isOrdered = false } = {}) {
    assert(!isOrdered || partitions === 1, 'an ordered run has one partition');
    this.#path = path;
    this.#partitions = partitions;
    this.#cuts = isOrdered ? new SegmentCuts() : undefined;
    this.#rows = Array.from({ length: partitions }, () => []);
    this.partitionBytes = Array.from({ length: partitions }, () => 0);
    this.partitionRecords = Array.from({ length: partitions }, () => 0);
    this.#fd = openSync(path, 'wx');
    this.#append(encodeHeader());
  }

  /** Length of the file so far. */
  get position(): number {
    return this.#flushedBytes + this.#used;
  }

  beginSegment(): void {
    this.#endSegment();
    this.segments++;
    for (const row of this.#rows) row.push(EMPTY_BLOCK); // endBlock or #endSegment replaces it
    this.#cuts?.begin(this.position);
  }

  beginBlock(partition: number): void {
    this.#partition = partition;
    if (this.#cuts !== undefined) this.#cutAt = 0;
    this.#openBlock();
  }

  /** How many bytes may come before the block should end at a border of groups. */
  get bytesUntilCut(): number {
    return Math.max(0, Math.ceil(this.#cutAt - this.position));
  }

  /** Says which group comes next, so that the block before it may end here. */
  cutBefore(key: Uint8Array, start: number, end: number): void {
    if (this.position >= this.#cutAt) this.#cut(key, start, end);
  }

  /** Appends encoded groups to the block at hand, in any pieces, and counts those that begin. */
  encoded(bytes: Uint8Array, groups: number, records: number, largestBytes: number): void {
    this.#blockGroups += groups;
    this.#blockRecords += records;
    this.#largestBytes = Math.max(this.#largestBytes, largestBytes);
    if (bytes.length < LARGE_BYTES) {
      this.#append(bytes);
    } else {
      this.#flush();
      this.#writeThrough(bytes);
    }
  }

  beginGroup(key: Uint8Array, start: number, end: number): void {
    this.cutBefore(key, start, end);
    this.#blockGroups++;
    this.#reserve(HEAD_BYTES_MAX);
    this.#used = writeVarint(this.#buffer, this.#used, end - start);
    this.#payload(key, start, end);
  }

  value(bytes: Uint8Array, start: number, end: number, times: number): void {
    this.#head(CODE_EMPTY + end - start, times);
    this.#payload(bytes, start, end);
    this.#count(times);
  }

  bare(times: number): void {
    this.#head(CODE_BARE, times);
    this.#count(times);
  }

  endGroup(): void {
    this.#reserve(1);
    this.#buffer[this.#used++] = 0;
  }

  endBlock(): void {
    this.#extendCrc();
    const length = this.position - this.#blockOffset;
    const block = {
      offset: this.#blockOffset,
      length,
      groups: this.#blockGroups,
      records: this.#blockRecords,
      crc: this.#crc,
    };
    if (this.#cuts === undefined) this.#rows[this.#partition]?.splice(-1, 1, block);
    else this.#cuts.add(block);
    this.groups += block.groups;
    this.records += block.records;
    const partition = this.#partition;
    this.partitionBytes[partition] = (this.partitionBytes[partition] ?? 0) + length;
    this.partitionRecords[partition] = (this.partitionRecords[partition] ?? 0) + block.records;
  }

  /** Ends the block at hand and begins another one of its partition, which may hold the same keys. */
  continueInNewSegment(): void {
    this.endBlock();
    this.beginSegment();
    this.beginBlock(this.#partition);
  }

  /** Writes index and footer and closes the file. Returns its length in bytes. */
  finish(): number {
    this.#endSegment();
    const indexOffset = this.position;
    const fileLength = indexOffset + this.#partitions * indexRowBytes(this.segments) + FOOTER_BYTES;
    for (const [partition, row] of this.#rows.entries()) {
      this.#append(encodeIndexRow(partition, row));
    }
    this.#append(
      encodeFooter({
        indexOffset,
        fileLength,
        partitions: this.#partitions,
        segments: this.segments,
        isOrdered: this.#cuts !== undefined,
        largestBytes: this.#largestBytes,
      }),
    );
    this.#flush();
    this.#close();
    return fileLength;
  }

  /** Closes and removes the file. May be called at any time, also twice; errors are not of interest. */
  abort(): void {
    try {
      this.#close();
    } finally {
      rmSync(this.#path, { force: true });
    }
  }

  #openBlock(): void {
    this.#blockOffset = this.position;
    this.#blockGroups = 0;
    this.#blockRecords = 0;
    this.#crc = 0;
    this.#crcFrom = this.#used;
  }

  /** A group with this key comes next: the block before it ends, if there is one. */
  #cut(key: Uint8Array, start: number, end: number): void {
    if (this.#cuts === undefined) return;
    if (this.#blockGroups > 0) {
      this.endBlock();
      this.#openBlock();
    }
    this.#cutAt = this.#cuts.beginBlock(this.position, key, start, end);
  }

  #endSegment(): void {
    if (this.#cuts === undefined || this.segments === 0) return;
    const { list, entry } = this.#cuts.takeList(this.position);
    this.#append(list);
    this.#rows[0]?.splice(-1, 1, entry);
  }

  #head(code: number, times: number): void {
    this.#blockRecords += times;
    this.#reserve(HEAD_BYTES_MAX);
    const hasCount = times === 1 ? 0 : 1;
    this.#used = writeVarint(this.#buffer, this.#used, code * 2 + hasCount);
  }

  #count(times: number): void {
    if (times === 1) return;
    this.#reserve(HEAD_BYTES_MAX);
    this.#used = writeVarint(this.#buffer, this.#used, times);
  }

  #append(bytes: Uint8Array): void {
    this.#bytes(bytes, 0, bytes.length);
  }

  #payload(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > this.#largestBytes) this.#largestBytes = end - start;
    this.#bytes(bytes, start, end);
  }

  #bytes(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > BUFFER_BYTES - this.#used) {
      this.#flush();
      if (length > BUFFER_BYTES) {
        this.#writeThrough(bytes.subarray(start, end));
        return;
      }
    }
    copyBytes(bytes, start, end, this.#buffer, this.#used);
    this.#used += length;
  }

  #reserve(bytes: number): void {
    if (BUFFER_BYTES - this.#used < bytes) this.#flush();
  }

  #writeThrough(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
    writeFully(this.#openFd(), bytes, this.#path);
    this.#flushedBytes += bytes.length;
  }

  #flush(): void {
    this.#extendCrc();
    writeFully(this.#openFd(), this.#buffer.subarray(0, this.#used), this.#path);
    this.#flushedBytes += this.#used;
    this.#used = 0;
    this.#crcFrom = 0;
  }

  #extendCrc(): void {
    if (this.#crcFrom === this.#used) return;
    this.#crc = crc32(this.#buffer.subarray(this.#crcFrom, this.#used), this.#crc);
    this.#crcFrom = this.#used;
  }

  #openFd(): number {
    assert(this.#fd !== undefined, 'a closed run was written to');
    return this.#fd;
  }

  #close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }
}
