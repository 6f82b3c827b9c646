import { open } from 'node:fs/promises';
import type { FoundFile } from '../runtime/programs/program-files.ts';
import { errorText } from '../runtime/system-error.ts';
import { UserError } from '../runtime/user-error.ts';
import type { Session } from './session.ts';

/** As base64 it stays well below the longest message. */
const CHUNK_BYTES = 512 * 1024;

/**
 * Brings the contents that the Manager lacks to it, each once.
 * @returns how many bytes travelled
 * @throws UserError when a file cannot be read any more, or has changed since it was hashed
 */
export async function shipFiles(session: Session, files: readonly FoundFile[]): Promise<number> {
  const byHash = new Map(files.map((file) => [file.sha256, file]));
  if (byHash.size === 0) return 0;
  const hashes = [...byHash.keys()];
  const { missing } = await session.request({ message_type: 'has_files', hashes }, 'files');
  let bytes = 0;
  for (const sha256 of missing) {
    const file = byHash.get(sha256);
    if (file) bytes += await shipFile(session, file);
  }
  return bytes;
}

/** Brings one content to the Manager, whether it has it or not. */
export async function shipContent(
  session: Session,
  sha256: string,
  content: Buffer,
): Promise<void> {
  for (let offset = 0, last = false; !last; offset += CHUNK_BYTES) {
    last = offset + CHUNK_BYTES >= content.length;
    const data = content.toString('base64', offset, offset + CHUNK_BYTES);
    await session.request(
      { message_type: 'put_file', sha256, offset, data_base64: data, last },
      'files',
    );
  }
}

async function shipFile(session: Session, file: FoundFile): Promise<number> {
  const handle = await open(file.source, 'r').catch((error: unknown) => {
    throw new UserError(`Cannot ship "${file.source}": ${errorText(error)}`, undefined, {
      cause: error,
    });
  });
  try {
    const block = Buffer.alloc(CHUNK_BYTES);
    let offset = 0;
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, CHUNK_BYTES, offset);
      const last = offset + bytesRead >= file.bytes;
      if (bytesRead === 0 && !last) throw changed(file);
      const data = block.toString('base64', 0, bytesRead);
      await session.request(
        { message_type: 'put_file', sha256: file.sha256, offset, data_base64: data, last },
        'files',
      );
      offset += bytesRead;
      if (last) return offset;
    }
  } finally {
    await handle.close();
  }
}

function changed(file: FoundFile): UserError {
  return new UserError(`Cannot ship "${file.source}": it changed while it was being read`);
}
