import { type FileHandle, open } from 'node:fs/promises';
import type { InputFile } from '../../inputs/list-inputs.ts';
import { errorText } from '../../runtime/system-error.ts';
import { UserError } from '../../runtime/user-error.ts';
import { pieceBlocks } from '../task-input/piece-blocks.ts';
import { readHead } from './head-of.ts';
import type { Stretch } from './sample-plan.ts';

/** Whole lines of an input. */
export interface WholeLines {
  readonly content: Buffer;
  /** Where they stand there, one after another; of a compressed input, as if it were not. */
  readonly stretches: readonly Stretch[];
}

const NEWLINE = 0x0a;

/**
 * Reads the lines that begin and end inside of stretches of a plain file.
 * @throws UserError when it cannot be read
 */
export async function readStretches(
  { path, bytes }: InputFile,
  wanted: readonly Stretch[],
): Promise<WholeLines> {
  try {
    const handle = await open(path, 'r');
    try {
      const found: LinesWithin[] = [];
      for (const stretch of wanted) found.push(await linesWithin(handle, stretch, bytes));
      const filled = found.filter(({ content }) => content.length > 0);
      return {
        content: Buffer.concat(filled.map(({ content }) => content)),
        stretches: filled.map(({ start, content }) => ({ start, length: content.length })),
      };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UserError(`Cannot read input "${path}": ${errorText(error)}`, undefined, {
      cause: error,
    });
  }
}

/**
 * Reads the first lines of a compressed file.
 * @param limitBytes of what comes out
 * @param searchPath PATH, where programs that decompress are
 * @throws UserError when it cannot be decompressed
 */
export async function readCompressedHead(
  { path, bytes, inode, mtimeMs, compression }: InputFile,
  limitBytes: number,
  searchPath: string,
): Promise<WholeLines> {
  const whole = { path, start: 0, length: bytes, file_bytes: bytes, compression };
  const blocks = pieceBlocks([{ ...whole, inode, mtime_ms: mtimeMs }], searchPath);
  const content = await readHead(blocks, limitBytes);
  return { content, stretches: [{ start: 0, length: content.length }] };
}

interface LinesWithin {
  readonly start: number;
  readonly content: Buffer;
}

async function linesWithin(
  handle: FileHandle,
  { start, length }: Stretch,
  fileBytes: number,
): Promise<LinesWithin> {
  // The byte before tells whether a line begins right at the start.
  const from = Math.max(0, start - 1);
  const block = await readFully(handle, from, start + length - from);
  const begin = start === 0 ? 0 : block.indexOf(NEWLINE) + 1;
  const atEnd = from + block.length >= fileBytes;
  const end = atEnd ? block.length : block.lastIndexOf(NEWLINE) + 1;
  if (start > 0 && begin === 0) return { start, content: Buffer.alloc(0) };
  return { start: from + begin, content: block.subarray(begin, Math.max(begin, end)) };
}

async function readFully(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const block = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(block, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return block.subarray(0, filled);
}
