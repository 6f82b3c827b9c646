import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { crc32 } from 'node:zlib';
import { assert } from '../runtime/assert.ts';
import { decodeBlockList } from './block-list.ts';
import type { KeyedBlock } from './block-list.ts';
import * as format from './run-format.ts';
import type { RunBlock } from './run-format.ts';

/** Makes the error that says why a file cannot be read. */
export type Unreadable = (reason: string, cause?: unknown) => Error;

/** One run being read. Several sources share its descriptor; the last to release it closes it. */
export class RunFile {
  readonly path: string;
  readonly unreadable: Unreadable;
  /** Length of the largest key or value, known once the index has been read. */
  largestBytes = 0;
  #fd: number | undefined;
  #users = 0;

  constructor(path: string, unreadable: Unreadable) {
    this.path = path;
    this.unreadable = unreadable;
  }

  /** Keeps the file open until as many calls of {@link release}. */
  retain(): void {
    this.#users++;
    if (this.#fd !== undefined) return;
    try {
      this.#fd = openSync(this.path, 'r');
    } catch (error) {
      this.#users--;
      throw this.unreadable(causeOf(error), error);
    }
  }

  release(): void {
    this.#users--;
    if (this.#users > 0 || this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The blocks of a partition that are not empty, in the order of their segments. */
  readIndex(partition: number, partitions: number): RunBlock[] {
    this.retain();
    try {
      return this.#readRow(partition, partitions, 'hashed');
    } finally {
      this.release();
    }
  }

  /**
   * What `choose` takes of each segment of an ordered run, in their order; nothing of those of which
   * it takes nothing.
   */
  readSegments(choose: (blocks: readonly KeyedBlock[]) => KeyedBlock[]): KeyedBlock[][] {
    this.retain();
    try {
      const lists = this.#readRow(0, 1, 'ordered');
      const chosen = lists.map((list) => choose(this.#readList(list)));
      return chosen.filter((blocks) => blocks.length > 0);
    } finally {
      this.release();
    }
  }

  /** Reads up to `length` bytes into `target` at `at`; 0 at the end of the file. */
  read(target: Uint8Array, at: number, length: number, offset: number): number {
    assert(this.#fd !== undefined, 'a closed run was read');
    try {
      return readSync(this.#fd, target, at, length, offset);
    } catch (error) {
      throw this.unreadable(causeOf(error), error);
    }
  }

  #readRow(partition: number, partitions: number, kind: 'hashed' | 'ordered'): RunBlock[] {
    const fileLength = this.#length();
    const complaint = format.checkHeader(this.#exactly(0, format.HEADER_BYTES));
    if (complaint !== undefined) throw this.unreadable(complaint);
    const footerAt = Math.max(0, fileLength - format.FOOTER_BYTES);
    const footer = format.decodeFooter(this.#exactly(footerAt, format.FOOTER_BYTES), fileLength);
    if (typeof footer === 'string') throw this.unreadable(footer);
    if (footer.isOrdered !== (kind === 'ordered')) {
      throw this.unreadable(`its keys are ${footer.isOrdered ? 'not ' : ''}partitioned by hash`);
    }
    if (footer.partitions !== partitions) {
      throw this.unreadable(`it has ${footer.partitions} partitions instead of ${partitions}`);
    }
    this.largestBytes = footer.largestBytes;
    const rowBytes = format.indexRowBytes(footer.segments);
    const row = this.#exactly(footer.indexOffset + partition * rowBytes, rowBytes);
    const blocks = format.decodeIndexRow(row, partition);
    if (blocks === undefined) throw this.unreadable('the checksum of its index is wrong');
    return blocks.filter((block) => block.length > 0);
  }

  #readList({ offset, length, crc }: RunBlock): KeyedBlock[] {
    const list = this.#exactly(offset, length);
    if (crc32(list) !== crc) throw this.unreadable('the checksum of its index is wrong');
    return decodeBlockList(list);
  }

  #length(): number {
    assert(this.#fd !== undefined, 'a closed run was read');
    const stat = fstatSync(this.#fd);
    if (!stat.isFile()) throw this.unreadable('it is not a file');
    return stat.size;
  }

  #exactly(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    let got = 0;
    while (got < length) {
      const count = this.read(bytes, got, length - got, offset + got);
      if (count === 0) throw this.unreadable('it is cut short');
      got += count;
    }
    return bytes;
  }
}

/** The cause of a system error in words, without the path that the caller names anyway. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = 'errno' in error ? getSystemErrorMap().get(Number(error.errno)) : undefined;
  return known?.[1] ?? error.message;
}
