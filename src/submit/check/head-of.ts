import { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/** The lines of a stream that end within its first bytes; whoever writes more is cut off. */
export function headOf(source: Readable, limitBytes: number): Readable {
  return Readable.from(headBlocks(source, limitBytes), { objectMode: false });
}

async function* headBlocks(source: Readable, limitBytes: number): AsyncGenerator<Buffer> {
  yield await readHead(source, limitBytes);
}

/**
 * Reads the lines that end within the first bytes, and little more.
 * @param blocks each valid until the next
 */
export async function readHead(
  blocks: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Buffer> {
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const block of blocks) {
    read.push(Buffer.from(block));
    bytes += block.length;
    if (bytes > limitBytes) break;
  }
  const head = Buffer.concat(read);
  if (bytes <= limitBytes) return head;
  return head.subarray(0, head.subarray(0, limitBytes).lastIndexOf(NEWLINE) + 1);
}
