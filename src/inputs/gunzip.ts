import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { errorCode } from '../runtime/system-error.ts';
import type { CompressedSource } from './compressed-source.ts';
import { dataStart, memberBeginsAt, trailerAt, TRAILER_BYTES } from './gzip-format.ts';

/** Of one block of decompressed bytes. */
const BLOCK_BYTES = 128 * 1024;

/**
 * Decompresses all members of a gzip file, one after another, as `gzip -dc` does; what follows the
 * last one without looking like another is ignored, as there. The end comes only when the checksum
 * and the length of every member were right.
 * @param signal ends it, wherever it is
 * @throws DecompressionError
 */
export async function* gunzip(
  source: CompressedSource,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  if (!memberBeginsAt(source, 0)) throw source.damaged('it is not compressed with gzip');
  do {
    const member = { crc: 0, bytes: 0 };
    const stream = createInflateRaw({ chunkSize: BLOCK_BYTES });
    const from = dataStart(source, at);
    for await (const block of inflate(stream, source, from, signal)) {
      member.crc = crc32(block, member.crc);
      member.bytes += block.length;
      yield block;
    }
    if (signal.aborted) return;
    at = from + stream.bytesWritten;
    const trailer = trailerAt(source, at);
    if (trailer.crc !== member.crc || trailer.length !== member.bytes % 2 ** 32) {
      throw source.damaged('its checksum is wrong');
    }
    at += TRAILER_BYTES;
  } while (memberBeginsAt(source, at));
}

async function* inflate(
  stream: InflateRaw,
  source: CompressedSource,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const onAbort = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', onAbort);
  const feeding = feed(stream, source, from);
  try {
    for await (const block of stream) yield block as Buffer;
  } catch (error) {
    if (signal.aborted) return;
    // The system's own errors pass: they say nothing about the file.
    if (errorCode(error)?.startsWith('Z_') !== true) throw error;
    const cut = errorCode(error) === 'Z_BUF_ERROR';
    throw source.damaged(cut ? 'it ends too early' : 'it is damaged', { cause: error });
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
    // The buffer that it reads into is needed for what comes next.
    await feeding;
  }
}

/** Writes the file into the stream until the member has come to its end. */
async function feed(stream: InflateRaw, source: CompressedSource, from: number): Promise<void> {
  try {
    let at = from;
    // The stream leaves what lies behind the member.
    while (!stream.destroyed && stream.bytesWritten === at - from) {
      const block = source.read(at);
      if (block.length === 0) break;
      at += block.length;
      await written(stream, block);
    }
    stream.end();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Settles when the block may be used again, or the stream has come to its end. */
function written(stream: InflateRaw, block: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('close', done);
      resolve();
    };
    stream.once('close', done);
    stream.write(block, done);
  });
}
