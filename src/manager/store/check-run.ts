import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { errorText } from '../../runtime/system-error.ts';
import {
  checkHeader,
  decodeFooter,
  decodeIndexRow,
  FOOTER_BYTES,
  HEADER_BYTES,
  indexRowBytes,
  type RunBlock,
} from '../../shuffle/run-format.ts';

const BLOCK_BYTES = 256 * 1024;

/**
 * Reads a whole run and checks every checksum, a little at a time so that the Manager stays awake.
 * @returns what is wrong with it in words, or null when it is sound
 */
export async function checkRun(path: string): Promise<string | null> {
  try {
    const handle = await open(path, 'r');
    try {
      return await checkOpenRun(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return errorText(error);
  }
}

async function checkOpenRun(handle: FileHandle): Promise<string | null> {
  const { size } = await handle.stat();
  if (size < HEADER_BYTES + FOOTER_BYTES) return 'it is cut short';
  const complaint = checkHeader(await readExactly(handle, 0, HEADER_BYTES));
  if (complaint !== undefined) return complaint;
  const footer = decodeFooter(await readExactly(handle, size - FOOTER_BYTES, FOOTER_BYTES), size);
  if (typeof footer === 'string') return footer;
  const rowBytes = indexRowBytes(footer.segments);
  for (let partition = 0; partition < footer.partitions; partition += 1) {
    const row = await readExactly(handle, footer.indexOffset + partition * rowBytes, rowBytes);
    const blocks = decodeIndexRow(row, partition);
    if (!blocks) return 'the checksum of its index is wrong';
    for (const block of blocks) {
      if (await isSound(handle, block)) continue;
      return `the checksum of partition ${String(partition)} is wrong`;
    }
  }
  return null;
}

async function isSound(handle: FileHandle, block: RunBlock): Promise<boolean> {
  let crc = 0;
  for (let done = 0; done < block.length; done += BLOCK_BYTES) {
    const length = Math.min(BLOCK_BYTES, block.length - done);
    crc = crc32(await readExactly(handle, block.offset + done, length), crc);
  }
  return block.length === 0 || crc === block.crc;
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
