import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Piece } from '../../src/protocol/manager-orders.ts';
import { compressionOf } from '../../src/inputs/compression.ts';
import { findDecompressors } from '../../src/inputs/decompressors.ts';
import { PieceReader, type ReadingPlace } from '../../src/inputs/piece-reader.ts';
import { freshDirectory } from '../runtime/programs/fresh-directory.ts';

/** Files to read pieces of, in a directory of their own. */
export class PieceBench {
  readonly directory = freshDirectory();
  /** Process groups that programs were started in, and those that ended. */
  readonly started: number[] = [];
  readonly ended: number[] = [];
  readonly #bufferBytes: number;

  /** @param bufferBytes how much is read at a time */
  constructor(bufferBytes = 64 * 1024) {
    this.#bufferBytes = bufferBytes;
  }

  /** Writes a file and gives the piece that is all of it, compressed as its name says. */
  file(name: string, content: string | Uint8Array): Piece {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    const { size, ino, mtimeMs } = statSync(path);
    return {
      path,
      start: 0,
      length: size,
      file_bytes: size,
      inode: ino,
      mtime_ms: mtimeMs,
      compression: compressionOf(path),
    };
  }

  async place(...pieces: readonly Piece[]): Promise<ReadingPlace> {
    const path = process.env['PATH'] ?? '';
    return {
      buffer: Buffer.alloc(this.#bufferBytes),
      decompressors: await findDecompressors(pieces, path),
      environment: { PATH: path },
      groups: {
        add: (groupId) => this.started.push(groupId),
        remove: (groupId) => this.ended.push(groupId),
      },
    };
  }

  async open(piece: Piece): Promise<PieceReader> {
    return new PieceReader(piece, await this.place(piece));
  }

  /** All that a piece holds. */
  async read(piece: Piece): Promise<Buffer> {
    const reader = await this.open(piece);
    try {
      return await readAll(reader);
    } finally {
      await reader.close();
    }
  }
}

/** What a reader gives, to its end. */
async function readAll(reader: {
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for (;;) {
    const block = await reader.next();
    if (block === undefined) return Buffer.concat(blocks);
    blocks.push(Buffer.from(block));
  }
}

/** What a program makes of these bytes. */
export function filter(program: string, args: readonly string[], input: Uint8Array): Buffer {
  return execFileSync(program, args, {
    input,
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
}
