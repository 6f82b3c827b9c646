import { open } from 'node:fs/promises';
import { errorCode } from '../../runtime/system-error.ts';

/** Some lines of an attempt's stderr, and where the next ones begin; null at the end. */
export interface LogPage {
  readonly lines: readonly string[];
  readonly next: number | null;
}

/** Escaped for JSON at worst, this stays below the longest message. */
const PAGE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a page of lines. Bytes that are not UTF-8 are replaced. A line longer than a page comes in
 * pieces. A file that is not there has no lines.
 * @param offset bytes from the beginning, as the last page's `next` said
 */
export async function readLogPage(path: string, offset: number): Promise<LogPage> {
  let page: Buffer;
  try {
    page = await readAt(path, offset);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { lines: [], next: null };
    throw error;
  }
  const atEnd = page.length <= PAGE_BYTES;
  const end = atEnd ? page.length : pageEnd(page);
  const text = page.toString('utf8', 0, end);
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  return { lines: end === 0 ? [] : lines, next: atEnd ? null : offset + end };
}

/** One byte more than a page, which tells whether another one follows. */
async function readAt(path: string, offset: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const block = Buffer.alloc(PAGE_BYTES + 1);
    const { bytesRead } = await handle.read(block, 0, block.length, offset);
    return block.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** After the last whole line; else before the last whole character. */
function pageEnd(page: Buffer): number {
  const newline = page.lastIndexOf(NEWLINE, PAGE_BYTES - 1);
  if (newline !== -1) return newline + 1;
  let end = PAGE_BYTES;
  while (end > PAGE_BYTES - 4 && ((page[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
