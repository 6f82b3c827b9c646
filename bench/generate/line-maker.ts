import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Makes one line after the other, each with its line end. */
export interface LineMaker {
  /** No line is longer than so many bytes. */
  readonly longest: number;
  /** Writes the next line at `at`, where `longest` bytes are free; gives the place after it. */
  writeLine(block: Uint8Array, at: number): number;
}

/** How much to make: whole lines until `bytes` are reached or passed, or so many `lines`. */
export type Amount = { readonly bytes: number } | { readonly lines: number };

const BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * Calls `take` with block after block of whole lines. The block is used again afterwards: memory
 * stays the same however much is made.
 */
export function makeBlocks(
  maker: LineMaker,
  amount: Amount,
  take: (block: Uint8Array) => void,
): void {
  const block = new Uint8Array(Math.max(BLOCK_BYTES, maker.longest));
  let bytes = 'bytes' in amount ? amount.bytes : Infinity;
  let lines = 'lines' in amount ? amount.lines : Infinity;
  while (bytes > 0 && lines > 0) {
    const end = Math.min(block.length - maker.longest + 1, bytes);
    let at = 0;
    for (; at < end && lines > 0; lines--) at = maker.writeLine(block, at);
    bytes -= at;
    take(block.subarray(0, at));
  }
}

/**
 * Writes a file of lines and syncs it, so that nothing of it is still on its way to the disk when
 * somebody is timed.
 */
export function writeLines(path: string, maker: LineMaker, amount: Amount): void {
  const file = openSync(path, 'wx');
  try {
    makeBlocks(maker, amount, (block) => {
      for (let at = 0; at < block.length;) at += writeSync(file, block, at);
    });
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
