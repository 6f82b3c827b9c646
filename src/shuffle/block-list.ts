import { BLOCK_BYTES, readBlock, writeBlock } from './run-format.ts';
import type { RunBlock } from './run-format.ts';

/** How much of a key the list of an ordered segment keeps. */
export const KEY_BYTES_MAX = 1024;
const ENTRY_BYTES = BLOCK_BYTES + 2;

/** A block of an ordered run. */
export interface KeyedBlock extends RunBlock {
  /**
   * The first key of the block. Of a key of {@link KEY_BYTES_MAX} bytes or more only so many are
   * here: then the first key is this one or a larger one that begins with it.
   */
  readonly key: Uint8Array;
}

/**
 * The list of the blocks of one segment of an ordered run, which stands behind them. For each block,
 * in the order in which they lie there one behind another:
 *
 *     offset (u64), length (u64), groups (u64), records (u64), crc32 (u32),
 *     length of key (u16), first key, or its first KEY_BYTES_MAX bytes
 */
export function encodeBlockList(blocks: readonly KeyedBlock[]): Buffer {
  const keyBytes = blocks.reduce((sum, { key }) => sum + key.length, 0);
  const list = Buffer.alloc(blocks.length * ENTRY_BYTES + keyBytes);
  let at = 0;
  for (const block of blocks) {
    writeBlock(list, at, block);
    list.writeUInt16LE(block.key.length, at + BLOCK_BYTES);
    list.set(block.key, at + ENTRY_BYTES);
    at += ENTRY_BYTES + block.key.length;
  }
  return list;
}

/** The blocks of a list whose checksum was right. Their keys lie in `list`. */
export function decodeBlockList(list: Buffer): KeyedBlock[] {
  const blocks: KeyedBlock[] = [];
  for (let at = 0; at + ENTRY_BYTES <= list.length;) {
    const keyAt = at + ENTRY_BYTES;
    const keyEnd = keyAt + list.readUInt16LE(at + BLOCK_BYTES);
    blocks.push({ ...readBlock(list, at), key: list.subarray(keyAt, keyEnd) });
    at = keyEnd;
  }
  return blocks;
}
