import { fstatSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { crc32 } from 'node:zlib';
import { decodeBlockList } from './block-list.ts';
import type { KeyedBlock } from './block-list.ts';
import type { OpenRuns } from './open-runs.ts';
import * as format from './run-format.ts';
import type { RunBlock } from './run-format.ts';
import type { RunIndex, RunMemory } from './run-memory.ts';

/** Makes the error that says why a file cannot be read. */
export type Unreadable = (reason: string, cause?: unknown) => Error;

/** So much of the end of a run is read at once: mostly all of its index. */
const TAIL_BYTES = 16 * 1024;

/** So much is read with a single short block: the next reduce tasks want what follows it. */
const WINDOW_BYTES = 4 * 1024;

/** One run being read. Several sources share its descriptor; the last to release it closes it. */
export class RunFile {
  readonly path: string;
  readonly unreadable: Unreadable;
  /** Length of the largest key or value, known once the index has been read. */
  largestBytes = 0;
  readonly #open: OpenRuns;
  readonly #memory: RunMemory | undefined;
  /** What was read ahead, by its place in the file. */
  readonly #ahead = new Map<number, Buffer>();
  #users = 0;

  /** @param memory what need not be read again */
  constructor(path: string, open: OpenRuns, unreadable: Unreadable, memory?: RunMemory) {
    this.path = path;
    this.unreadable = unreadable;
    this.#open = open;
    this.#memory = memory;
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
      const block = this.#memory?.block(this.path, offset, length);
      this.#ahead.set(offset, block ?? this.#readOn(offset, length, blocks.length === 1));
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

  /** @param further whether to read what follows as well */
  #readOn(offset: number, length: number, further: boolean): Buffer {
    const end = this.#memory?.index(this.path)?.footer.indexOffset;
    if (!further || end === undefined) return this.#exactly(offset, length);
    const bytes = this.#exactly(offset, Math.max(length, Math.min(WINDOW_BYTES, end - offset)));
    this.#memory?.keepWindow(this.path, offset, bytes);
    return bytes.subarray(0, length);
  }

  #readRow(partition: number, partitions: number, kind: 'hashed' | 'ordered'): RunBlock[] {
    const { footer, rows } = this.#index();
    if (footer.isOrdered !== (kind === 'ordered')) {
      throw this.unreadable(`its keys are ${footer.isOrdered ? 'not ' : ''}partitioned by hash`);
    }
    if (footer.partitions !== partitions) {
      throw this.unreadable(`it has ${footer.partitions} partitions instead of ${partitions}`);
    }
    this.largestBytes = footer.largestBytes;
    const rowBytes = format.indexRowBytes(footer.segments);
    const at = partition * rowBytes;
    const row =
      rows?.subarray(at, at + rowBytes) ?? this.#exactly(footer.indexOffset + at, rowBytes);
    const blocks = format.decodeIndexRow(row, partition);
    if (blocks === undefined) throw this.unreadable('the checksum of its index is wrong');
    return blocks.filter((block) => block.length > 0);
  }

  #index(): RunIndex {
    const known = this.#memory?.index(this.path);
    if (known !== undefined) return known;
    const index = this.#readFooterAndRows();
    this.#memory?.keepIndex(this.path, index);
    return index;
  }

  #readFooterAndRows(): RunIndex {
    const fileLength = this.#length();
    const complaint = format.checkHeader(this.#exactly(0, format.HEADER_BYTES));
    if (complaint !== undefined) throw this.unreadable(complaint);
    const tailBytes = Math.min(TAIL_BYTES, fileLength);
    const tail = this.#exactly(fileLength - tailBytes, tailBytes);
    const footer = this.#footer(tail, fileLength);
    const inTail = footer.indexOffset - (fileLength - tailBytes);
    if (inTail < 0) return { footer, rows: undefined };
    // A copy: the rest of the tail is not to be kept with it.
    return { footer, rows: Buffer.from(tail.subarray(inTail, -format.FOOTER_BYTES)) };
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
