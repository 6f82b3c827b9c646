import { fstatSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { crc32 } from 'node:zlib';
import { decodeBlockList } from './block-list.ts';
import type { KeyedBlock } from './block-list.ts';
import type { OpenRuns } from './open-runs.ts';
import * as format from './run-format.ts';
import type { RunBlock } from './run-format.ts';

/** Makes the error that says why a file cannot be read. */
export type Unreadable = (reason: string, cause?: unknown) => Error;

/** So much of the end of a run is read at once: mostly all of its index. */
const TAIL_BYTES = 16 * 1024;

/** One run being read. Several sources share its descriptor; the last to release it closes it. */
export class RunFile {
  readonly path: string;
  readonly unreadable: Unreadable;
  /** Length of the largest key or value, known once the index has been read. */
  largestBytes = 0;
  readonly #open: OpenRuns;
  /** What was read ahead, by its place in the file. */
  readonly #ahead = new Map<number, Buffer>();
  #users = 0;

  constructor(path: string, open: OpenRuns, unreadable: Unreadable) {
    this.path = path;
    this.unreadable = unreadable;
    this.#open = open;
  }

  /** Somebody will read blocks, until {@link release}. */
  retain(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) this.#open.close(this.path);
  }

  /** The blocks of a partition that are not empty, in the order of their segments. */
  readIndex(partition: number, partitions: number): RunBlock[] {
    return this.#readRow(partition, partitions, 'hashed');
  }

  /**
   * What `choose` takes of each segment of an ordered run, in their order; nothing of those of which
   * it takes nothing.
   */
  readSegments(choose: (blocks: readonly KeyedBlock[]) => KeyedBlock[]): KeyedBlock[][] {
    const lists = this.#readRow(0, 1, 'ordered');
    const chosen = lists.map((list) => choose(this.#readList(list)));
    return chosen.filter((blocks) => blocks.length > 0);
  }

  /**
   * Reads short blocks while the file is open, and closes it: opening it again would cost as much as
   * all else.
   */
  readAhead(blocks: readonly RunBlock[]): void {
    for (const { offset, length } of blocks) {
      this.#ahead.set(offset, this.#exactly(offset, length));
    }
    this.#open.close(this.path);
  }

  /** Reads up to `length` bytes into `target` at `at`; 0 at the end of the file. */
  read(target: Uint8Array, at: number, length: number, offset: number): number {
    const ahead = this.#ahead.get(offset);
    if (ahead !== undefined) {
      this.#ahead.delete(offset);
      return ahead.copy(target, at, 0, length);
    }
    try {
      return readSync(this.#open.descriptor(this.path), target, at, length, offset);
    } catch (error) {
      throw this.unreadable(causeOf(error), error);
    }
  }

  #readRow(partition: number, partitions: number, kind: 'hashed' | 'ordered'): RunBlock[] {
    const fileLength = this.#length();
    const complaint = format.checkHeader(this.#exactly(0, format.HEADER_BYTES));
    if (complaint !== undefined) throw this.unreadable(complaint);
    const tailBytes = Math.min(TAIL_BYTES, fileLength);
    const tail = this.#exactly(fileLength - tailBytes, tailBytes);
    const footer = this.#footer(tail, fileLength);
    if (footer.isOrdered !== (kind === 'ordered')) {
      throw this.unreadable(`its keys are ${footer.isOrdered ? 'not ' : ''}partitioned by hash`);
    }
    if (footer.partitions !== partitions) {
      throw this.unreadable(`it has ${footer.partitions} partitions instead of ${partitions}`);
    }
    this.largestBytes = footer.largestBytes;
    const rowBytes = format.indexRowBytes(footer.segments);
    const rowAt = footer.indexOffset + partition * rowBytes;
    const inTail = rowAt - (fileLength - tailBytes);
    const row =
      inTail >= 0 ? tail.subarray(inTail, inTail + rowBytes) : this.#exactly(rowAt, rowBytes);
    const blocks = format.decodeIndexRow(row, partition);
    if (blocks === undefined) throw this.unreadable('the checksum of its index is wrong');
    return blocks.filter((block) => block.length > 0);
  }

  #footer(tail: Buffer, fileLength: number): format.RunFooter {
    if (tail.length < format.FOOTER_BYTES) throw this.unreadable('it is cut short');
    const footer = format.decodeFooter(tail.subarray(-format.FOOTER_BYTES), fileLength);
    if (typeof footer === 'string') throw this.unreadable(footer);
    return footer;
  }

  #readList({ offset, length, crc }: RunBlock): KeyedBlock[] {
    const list = this.#exactly(offset, length);
    if (crc32(list) !== crc) throw this.unreadable('the checksum of its index is wrong');
    return decodeBlockList(list);
  }

  #length(): number {
    const stat = this.#stat();
    if (!stat.isFile()) throw this.unreadable('it is not a file');
    return stat.size;
  }

  #stat(): Stats {
    try {
      return fstatSync(this.#open.descriptor(this.path));
    } catch (error) {
      throw this.unreadable(causeOf(error), error);
    }
  }

  #exactly(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
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
