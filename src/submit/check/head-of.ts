import { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/** The lines of a stream that end within its first bytes; whoever writes more is cut off. */
export function headOf(source: Readable, limitBytes: number): Readable {
  return Readable.from(headBlocks(source, limitBytes), { objectMode: false });
}

async function* headBlocks(source: Readable, limitBytes: number): AsyncGenerator<Buffer> {
  const blocks: Buffer[] = [];
  let bytes = 0;
  for await (const block of source) {
    blocks.push(block as Buffer);
    bytes += (block as Buffer).length;
    if (bytes > limitBytes) break;
  }
  const head = Buffer.concat(blocks);
  yield bytes > limitBytes
    ? head.subarray(0, head.subarray(0, limitBytes).lastIndexOf(NEWLINE) + 1)
    : head;
}
