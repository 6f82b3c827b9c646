import { crc32 } from 'node:zlib';
import { HASH_NAME } from './hash.ts';

/**
 * The run: one file with the sorted output of one map attempt.
 *
 *     header   magic "MUSTRRUN" (8), format version (u32)
 *     blocks   segment by segment, in each partition by partition; empty blocks take nothing
 *     index    one row for each partition, all rows of the same length:
 *              partition (u32),
 *              for each segment: offset (u64), length (u64), groups (u64), records (u64), crc32 (u32),
 *              crc32 of the row so far (u32)
 *     footer   the last FOOTER_BYTES bytes:
 *              index offset (u64), file length (u64), partitions (u32), segments (u32),
 *              largest key or value in bytes (u32), format version (u32),
 *              hash name, or "ranges" for an ordered run (16, zero filled),
 *              crc32 of the footer so far (u32), magic "MUSTRRUN" (8)
 *
 * A segment is what was in memory at one time: in it every key occurs once in its partition, and
 * keys ascend by bytes. Segments are in the order of emission, and the file is never merged by its
 * writer. A block is a row of groups:
 *
 *     group := key length (varint), key, item ..., 0 (varint)
 *     item  := (code << 1 | has count) (varint), value, [count (varint)]
 *     code  := 1 the record had no separator, hence no value; 2 + length of the value in bytes
 *
 * An ordered run is one whose keys will be cut into ranges that its writer does not know. It has one
 * partition. Its segments are cut into many blocks at borders of groups, and what the row of the
 * index names for a segment is not a block but the list of them, see block-list.ts.
 *
 * A count says how often the value came in a row, 1 without it; it comes last, since whoever writes
 * the value may not know it yet. Varints are LEB128, fixed numbers
 * are little-endian, and offsets stay below 2^53. A reader needs the header, the footer, one row of
 * the index and the blocks that row names. The crc of a block covers all its bytes.
 *
 * Runs are not fsynced: a damaged or lost one is noticed by its checksums and mapped again.
 */
const FORMAT_VERSION = 3;

const MAGIC = Buffer.from('MUSTRRUN', 'latin1');
export const HEADER_BYTES = 12;
export const FOOTER_BYTES = 60;
const FOOTER_CRC_AT = 48;
const FOOTER_MAGIC_AT = 52;
const HASH_NAME_AT = 32;
const HASH_NAME_BYTES = 16;
const RANGES = 'ranges';
/** What the place and contents of one block take. */
export const BLOCK_BYTES = 36;

/** Where some groups of one partition of one segment lie, and what must be in there. */
export interface RunBlock {
  readonly offset: number;
  readonly length: number;
  readonly groups: number;
  readonly records: number;
  readonly crc: number;
}

export interface RunFooter {
  readonly indexOffset: number;
  readonly fileLength: number;
  readonly partitions: number;
  readonly segments: number;
  /** Whether keys are to be cut into ranges; else they are partitioned by hash. */
  readonly isOrdered: boolean;
  /** Length of the largest key or value in the run. */
  readonly largestBytes: number;
}

export function encodeHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(FORMAT_VERSION, MAGIC.length);
  return header;
}

/** What is wrong with a header, if anything. */
export function checkHeader(header: Buffer): string | undefined {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return 'it does not begin like a run';
  const version = header.readUInt32LE(MAGIC.length);
  if (version === FORMAT_VERSION) return undefined;
  return `it has format version ${version}, and only ${FORMAT_VERSION} is understood`;
}

/** Length in bytes of one row of the index. */
export function indexRowBytes(segments: number): number {
  return 8 + segments * BLOCK_BYTES;
}

export function encodeIndexRow(partition: number, blocks: readonly RunBlock[]): Buffer {
  const row = Buffer.alloc(indexRowBytes(blocks.length));
  row.writeUInt32LE(partition, 0);
  let at = 4;
  for (const block of blocks) {
    writeBlock(row, at, block);
    at += BLOCK_BYTES;
  }
  row.writeUInt32LE(crc32(row.subarray(0, at)), at);
  return row;
}

/** The blocks of a row, one for each segment; undefined when the row is not that of `partition`. */
export function decodeIndexRow(row: Buffer, partition: number): RunBlock[] | undefined {
  const crcAt = row.length - 4;
  if (row.readUInt32LE(crcAt) !== crc32(row.subarray(0, crcAt))) return undefined;
  if (row.readUInt32LE(0) !== partition) return undefined;
  const blocks: RunBlock[] = [];
  for (let at = 4; at < crcAt; at += BLOCK_BYTES) blocks.push(readBlock(row, at));
  return blocks;
}

/** Writes {@link BLOCK_BYTES} bytes at `at`. */
export function writeBlock(bytes: Buffer, at: number, block: RunBlock): void {
  write53(bytes, at, block.offset);
  write53(bytes, at + 8, block.length);
  write53(bytes, at + 16, block.groups);
  write53(bytes, at + 24, block.records);
  bytes.writeUInt32LE(block.crc, at + 32);
}

/** What {@link writeBlock} wrote. */
export function readBlock(bytes: Buffer, at: number): RunBlock {
  return {
    offset: read53(bytes, at),
    length: read53(bytes, at + 8),
    groups: read53(bytes, at + 16),
    records: read53(bytes, at + 24),
    crc: bytes.readUInt32LE(at + 32),
  };
}

export function encodeFooter(footer: RunFooter): Buffer {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  write53(bytes, 0, footer.indexOffset);
  write53(bytes, 8, footer.fileLength);
  bytes.writeUInt32LE(footer.partitions, 16);
  bytes.writeUInt32LE(footer.segments, 20);
  bytes.writeUInt32LE(footer.largestBytes, 24);
  bytes.writeUInt32LE(FORMAT_VERSION, 28);
  const name = footer.isOrdered ? RANGES : HASH_NAME;
  bytes.write(name, HASH_NAME_AT, HASH_NAME_BYTES, 'latin1');
  bytes.writeUInt32LE(crc32(bytes.subarray(0, FOOTER_CRC_AT)), FOOTER_CRC_AT);
  MAGIC.copy(bytes, FOOTER_MAGIC_AT);
  return bytes;
}

/** The footer of a file of `fileLength` bytes, or what is wrong with it. */
export function decodeFooter(bytes: Buffer, fileLength: number): RunFooter | string {
  if (!bytes.subarray(FOOTER_MAGIC_AT).equals(MAGIC)) return 'it does not end like a run';
  if (bytes.readUInt32LE(FOOTER_CRC_AT) !== crc32(bytes.subarray(0, FOOTER_CRC_AT))) {
    return 'the checksum of its footer is wrong';
  }
  const hashName = bytes
    .toString('latin1', HASH_NAME_AT, HASH_NAME_AT + HASH_NAME_BYTES)
    .replace(/\0+$/, '');
  if (hashName !== HASH_NAME && hashName !== RANGES) {
    return `its keys are partitioned by "${hashName}"`;
  }
  const footer = {
    indexOffset: read53(bytes, 0),
    fileLength: read53(bytes, 8),
    partitions: bytes.readUInt32LE(16),
    segments: bytes.readUInt32LE(20),
    isOrdered: hashName === RANGES,
    largestBytes: bytes.readUInt32LE(24),
  };
  if (footer.fileLength === fileLength) return footer;
  return `it has ${fileLength} bytes instead of ${footer.fileLength}`;
}

/** Writes `value` as LEB128 at `at` and returns where it ends. Takes at most 8 bytes. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let place = at;
  while (rest >= 0x80) {
    bytes[place++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  bytes[place++] = rest;
  return place;
}

function write53(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, at);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

function read53(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
