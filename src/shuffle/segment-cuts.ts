import { crc32 } from 'node:zlib';
import { encodeBlockList, KEY_BYTES_MAX } from './block-list.ts';
import type { KeyedBlock } from './block-list.ts';
import type { RunBlock } from './run-format.ts';

const BLOCK_BYTES_MIN = 1024;
const BLOCK_BYTES_MAX = 256 * 1024;
/** A block is about this share of what its segment has so far. */
const BLOCKS_PER_SEGMENT = 64;

/**
 * Decides where the segments of an ordered run are cut, and collects the blocks of one.
 *
 * Small blocks make ranges even and little to be read in vain at their edges; many make long lists.
 * So blocks grow with the segment: 64 of 1 KiB, then each a 64th of what is there, up to 256 KiB.
 */
export class SegmentCuts {
  #blocks: KeyedBlock[] = [];
  #segmentStart = 0;
  #key = new Uint8Array(0);

  /** A segment begins at this place of the file. */
  begin(position: number): void {
    this.#segmentStart = position;
    this.#blocks = [];
  }

  /**
   * A block begins with a key.
   *
   * @returns the place from which on it should end at the next border of groups
   */
  beginBlock(position: number, key: Uint8Array, start: number, end: number): number {
    this.#key = new Uint8Array(key.subarray(start, Math.min(end, start + KEY_BYTES_MAX)));
    const share = (position - this.#segmentStart) / BLOCKS_PER_SEGMENT;
    return position + Math.min(Math.max(share, BLOCK_BYTES_MIN), BLOCK_BYTES_MAX);
  }

  /** The block that was begun last; nothing when it has no group. */
  add(block: RunBlock): void {
    if (block.groups > 0) this.#blocks.push({ ...block, key: this.#key });
  }

  /** The list to be written behind the segment, and what the index says about it. */
  takeList(offset: number): { readonly list: Buffer; readonly entry: RunBlock } {
    const blocks = this.#blocks;
    const list = encodeBlockList(blocks);
    const groups = blocks.reduce((sum, block) => sum + block.groups, 0);
    const records = blocks.reduce((sum, block) => sum + block.records, 0);
    this.#blocks = [];
    return { list, entry: { offset, length: list.length, groups, records, crc: crc32(list) } };
  }
}
