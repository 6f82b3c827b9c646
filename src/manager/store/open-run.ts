import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { decodeBlockList, type KeyedBlock } from '../../shuffle/block-list.ts';
import {
  checkHeader,
  decodeFooter,
  decodeIndexRow,
  FOOTER_BYTES,
  HEADER_BYTES,
  indexRowBytes,
  type RunBlock,
  type RunFooter,
} from '../../shuffle/run-format.ts';

const READ_BYTES = 256 * 1024;

/**
 * A run as the Manager reads it: a little at a time, so that it stays awake. What is wrong with the
 * file is thrown as an error whose message says it without the path.
 */
export class OpenRun {
  readonly footer: RunFooter;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, footer: RunFooter) {
    this.#handle = handle;
    this.footer = footer;
  }

  /** Opens a run for as long as `read` takes. */
  static async reading<T>(path: string, read: (run: OpenRun) => Promise<T>): Promise<T> {
    const handle = await open(path, 'r');
    try {
      return await read(new OpenRun(handle, await readFooter(handle)));
    } finally {
      await handle.close();
    }
  }

  /** The row of a partition. In an ordered run it names the list of each segment. */
  async row(partition: number): Promise<readonly RunBlock[]> {
    const rowBytes = indexRowBytes(this.footer.segments);
    const at = this.footer.indexOffset + partition * rowBytes;
    const blocks = decodeIndexRow(await readExactly(this.#handle, at, rowBytes), partition);
    if (!blocks) throw new Error('the checksum of its index is wrong');
    return blocks;
  }

  /** The blocks of a segment of an ordered run. */
  async blockList({ offset, length, crc }: RunBlock): Promise<readonly KeyedBlock[]> {
    const list = await readExactly(this.#handle, offset, length);
    if (crc32(list) !== crc) throw new Error('the checksum of its index is wrong');
    return decodeBlockList(list);
  }

  /** Whether the checksum of a block is right. */
  async isSound(block: RunBlock): Promise<boolean> {
    let crc = 0;
    for (let done = 0; done < block.length; done += READ_BYTES) {
      const length = Math.min(READ_BYTES, block.length - done);
      crc = crc32(await readExactly(this.#handle, block.offset + done, length), crc);
    }
    return block.length === 0 || crc === block.crc;
  }
}

async function readFooter(handle: FileHandle): Promise<RunFooter> {
  const { size } = await handle.stat();
  if (size < HEADER_BYTES + FOOTER_BYTES) throw new Error('it is cut short');
  const complaint = checkHeader(await readExactly(handle, 0, HEADER_BYTES));
  if (complaint !== undefined) throw new Error(complaint);
  const footer = decodeFooter(await readExactly(handle, size - FOOTER_BYTES, FOOTER_BYTES), size);
  if (typeof footer === 'string') throw new Error(footer);
  return footer;
}

async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await handle.read(bytes, got, length - got, offset + got);
    if (bytesRead === 0) throw new Error('it is cut short');
    got += bytesRead;
  }
  return bytes;
}
