import { crc32 } from 'node:zlib';

/**
 * A line of a journal: `SEQUENCE SYNCED LENGTH CRC JSON`. Sequence numbers count from 0, which is
 * the header's. SYNCED is the highest number that was known to be on the disk when the line was
 * written: it tells a tail that was being written from a hole in what was safe. LENGTH is that of
 * the JSON in bytes; the CRC-32, in hexadecimal, is over all the rest of the line.
 */
export interface Line {
  readonly sequence: number;
  readonly synced: number;
  readonly value: unknown;
}

/** @param json without a newline, as `JSON.stringify` leaves it */
export function encodeLine(sequence: number, synced: number, json: string): string {
  const head = `${String(sequence)} ${String(synced)} ${String(Buffer.byteLength(json))} `;
  return `${head}${crcText(crc32(head + json))} ${json}\n`;
}

/** The line between two newlines, or undefined where it is not whole. */
function decodeLine(bytes: Buffer): Line | undefined {
  const start = startOfJson(bytes);
  if (start === undefined) return undefined;
  const [sequence, synced, length, crc, ...more] = bytes
    .toString('latin1', 0, start - 1)
    .split(' ');
  if (crc === undefined || more.length > 0 || Number(length) !== bytes.length - start) {
    return undefined;
  }
  const head = bytes.subarray(0, start - 1 - crc.length);
  if (crc !== crcText(crc32(bytes.subarray(start), crc32(head)))) return undefined;
  const value: unknown = JSON.parse(bytes.toString('utf8', start));
  return { sequence: Number(sequence), synced: Number(synced), value };
}

const NEWLINE = 0x0a;

/** The lines of a journal in turn; undefined for one that is not whole. */
export function* linesOf(bytes: Uint8Array): Generator<Line | undefined> {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  for (let end = content.indexOf(NEWLINE); end >= 0; end = content.indexOf(NEWLINE, from)) {
    yield decodeLine(content.subarray(from, end));
    from = end + 1;
  }
  // Without its end a line is not known to be whole.
  if (from < content.length) yield undefined;
}

const SPACE = 0x20;
const FIELDS_BEFORE_JSON = 4;
const HEAD_BYTES_MAX = 80;

function startOfJson(bytes: Buffer): number | undefined {
  let spaces = 0;
  for (let at = 0; at < Math.min(bytes.length, HEAD_BYTES_MAX); at += 1) {
    if (bytes[at] === SPACE) spaces += 1;
    if (spaces === FIELDS_BEFORE_JSON) return at + 1;
  }
  return undefined;
}

function crcText(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
