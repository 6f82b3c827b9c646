import type { CompressedSource } from './compressed-source.ts';

/** What surrounds the compressed data of a gzip member (RFC 1952). */

const HEADER_BYTES = 10;
export const TRAILER_BYTES = 8;
const MAGIC_1 = 0x1f;
const MAGIC_2 = 0x8b;
const DEFLATE = 8;
const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_RESERVED = 0xe0;

/**
 * Whether there is another member: as for gzip(1), what begins otherwise is ignored, and one byte
 * that could be the beginning of one is a member that was cut short.
 */
export function memberBeginsAt(source: CompressedSource, at: number): boolean {
  const [first, second] = source.read(at);
  if (first !== MAGIC_1) return false;
  return second === undefined || second === MAGIC_2;
}

/**
 * Where the compressed data of a member begins.
 * @throws DecompressionError for a header that nobody writes, or one that is cut short
 */
export function dataStart(source: CompressedSource, at: number): number {
  const head = source.read(at);
  const byte = (index: number): number => {
    const value = head[index];
    if (value === undefined) throw source.damaged('it ends too early');
    return value;
  };
  const flags = byte(3);
  if (byte(2) !== DEFLATE || (flags & FLAGS_RESERVED) !== 0) {
    throw source.damaged('the header of a part of it is damaged');
  }
  let end = HEADER_BYTES;
  if ((flags & FLAG_EXTRA) !== 0) end += 2 + byte(end) + byte(end + 1) * 256;
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    while (byte(end) !== 0) end += 1;
    end += 1;
  }
  if ((flags & FLAG_HEADER_CRC) !== 0) end += 2;
  byte(end - 1);
  return at + end;
}

/** What a member says about its data: checksum, and length modulo 2^32. */
export function trailerAt(source: CompressedSource, at: number): { crc: number; length: number } {
  const bytes = source.read(at);
  if (bytes.length < TRAILER_BYTES) throw source.damaged('it ends too early');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { crc: view.getUint32(0, true), length: view.getUint32(4, true) };
}
