import { resolve } from 'node:path';
import type { Compression, Piece } from '../protocol/manager-orders.ts';
import { findOnPath } from '../runtime/programs/executable-files.ts';
import { DecompressorMissingError } from './input-errors.ts';

/** Paths of the programs that decompress; gzip needs none. */
export type Decompressors = ReadonlyMap<Compression, string>;

/**
 * Finds the programs that these pieces need, before anything is read.
 * @param path PATH of this machine
 * @throws DecompressorMissingError naming the first piece that could not be read
 */
export async function findDecompressors(
  pieces: readonly Piece[],
  path: string,
): Promise<Decompressors> {
  const found = new Map<Compression, string>();
  for (const { compression, path: file } of pieces) {
    if (compression === null || compression === 'gzip' || found.has(compression)) continue;
    const program = await findOnPath(compression, path);
    if (program === undefined) throw new DecompressorMissingError(file, compression);
    // PATH may name directories of the directory that we are in.
    found.set(compression, resolve(program));
  }
  return found;
}
