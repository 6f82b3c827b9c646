import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import type { PutFile } from '../../protocol/client-messages.ts';
import { shippedFilePath } from '../../protocol/job-layout.ts';
import type { ShippedFile } from '../../protocol/job-spec.ts';
import { errorText } from '../../runtime/system-error.ts';
import type { ConnectionId } from '../scheduler/events.ts';

/** A file that is being sent, chunk by chunk. */
interface Upload {
  readonly handle: FileHandle;
  readonly path: string;
  readonly hash: Hash;
  bytes: number;
}

/** Per connection: a client sends one file after the other. */
const UPLOADS_MAX = 8;
const COPY_BLOCK_BYTES = 1024 * 1024;

/**
 * Shipped programs and files by content: `files/<sha256>`. A name is there only when its whole
 * content is, so that Workers may trust it. Calls of one connection must not overlap.
 */
export class FileStore {
  readonly #sharedDirectory: string;
  readonly #mode: number;
  readonly #uploads = new Map<ConnectionId, Map<string, Upload>>();
  /** Contents that a connected client counts on; its job may not be known yet. */
  readonly #wanted = new Map<ConnectionId, Set<string>>();
  /** Nothing is looked up while something is being removed. */
  #removal: Promise<void> = Promise.resolve();
  #temporaries = 0;

  /** @param mode permission bits of contents */
  constructor(sharedDirectory: string, mode: number) {
    this.#sharedDirectory = sharedDirectory;
    this.#mode = mode;
  }

  /** Which of these contents are not here; those that are stay while the connection lasts. */
  ask(connection: ConnectionId, hashes: readonly string[]): Promise<readonly string[]> {
    this.#want(connection, hashes);
    return this.missing(hashes);
  }

  /** Which of these contents are not here. */
  async missing(hashes: readonly string[]): Promise<readonly string[]> {
    await this.#removal;
    const missing: string[] = [];
    for (const sha256 of new Set(hashes)) {
      const found = await stat(shippedFilePath(this.#sharedDirectory, sha256)).catch(
        () => undefined,
      );
      if (!found?.isFile()) missing.push(sha256);
    }
    return missing;
  }

  /**
   * Takes the next chunk of a content.
   * @returns whether the content is complete
   * @throws Error whose message is for the client; the upload is forgotten
   */
  async put(connection: ConnectionId, message: PutFile): Promise<boolean> {
    const uploads = this.#uploadsOf(connection);
    const { sha256 } = message;
    this.#want(connection, [sha256]);
    try {
      const upload = uploads.get(sha256) ?? (await this.#begin(uploads, message));
      const data = Buffer.from(message.data_base64, 'base64');
      if (message.offset !== upload.bytes) {
        throw new Error(
          `chunk at ${String(message.offset)} came after ${String(upload.bytes)} bytes`,
        );
      }
      await writeAll(upload, data);
      if (!message.last) return false;
      uploads.delete(sha256);
      await this.#finish(upload, sha256);
      return true;
    } catch (error) {
      await this.#drop(uploads, sha256);
      throw new Error(`Cannot store file ${sha256}: ${errorText(error)}`, { cause: error });
    }
  }

  /** Copies a file of this machine in, unless its content is here; it must be what was planned. */
  async adopt(source: string, file: ShippedFile): Promise<void> {
    const missing = await this.missing([file.sha256]);
    if (missing.length === 0) return;
    const upload = await this.#open();
    try {
      const reader = await open(source, 'r');
      try {
        await copyAll(reader, upload);
      } finally {
        await reader.close();
      }
      await this.#finish(upload, file.sha256);
    } catch (error) {
      await discard(upload);
      throw error;
    }
  }

  /** The connection is gone, and with it what it had not finished. */
  async forget(connection: ConnectionId): Promise<void> {
    const uploads = this.#uploads.get(connection);
    this.#uploads.delete(connection);
    this.#wanted.delete(connection);
    for (const upload of uploads?.values() ?? []) await discard(upload);
  }

  /**
   * Removes contents that no job needs, but those that a connected client counts on.
   * @throws Error of the system; what could not be removed stays
   */
  remove(hashes: readonly string[]): Promise<void> {
    const removal = this.#removal.then(async () => {
      const wanted = new Set([...this.#wanted.values()].flatMap((each) => [...each]));
      for (const sha256 of hashes) {
        if (wanted.has(sha256)) continue;
        await rm(shippedFilePath(this.#sharedDirectory, sha256), { force: true });
      }
    });
    this.#removal = removal.catch(() => undefined);
    return removal;
  }

  /** Removes a content that was for one reader only, unless another client has sent it too. */
  async removeRead(sha256: string): Promise<void> {
    const wanting = [...this.#wanted.values()].filter((wanted) => wanted.has(sha256));
    if (wanting.length > 1) return;
    for (const wanted of wanting) wanted.delete(sha256);
    await this.remove([sha256]);
  }

  #want(connection: ConnectionId, hashes: readonly string[]): void {
    const wanted = this.#wanted.get(connection) ?? new Set();
    this.#wanted.set(connection, wanted);
    for (const sha256 of hashes) wanted.add(sha256);
  }

  #uploadsOf(connection: ConnectionId): Map<string, Upload> {
    const known = this.#uploads.get(connection);
    if (known) return known;
    const uploads = new Map<string, Upload>();
    this.#uploads.set(connection, uploads);
    return uploads;
  }

  async #begin(uploads: Map<string, Upload>, message: PutFile): Promise<Upload> {
    if (uploads.size >= UPLOADS_MAX) throw new Error('too many files are being sent at once');
    const upload = await this.#open();
    uploads.set(message.sha256, upload);
    return upload;
  }

  async #open(): Promise<Upload> {
    this.#temporaries += 1;
    const name = `.${String(process.pid)}-${String(this.#temporaries)}.tmp`;
    const path = shippedFilePath(this.#sharedDirectory, name);
    const handle = await open(path, 'w', this.#mode);
    return { handle, path, hash: createHash('sha256'), bytes: 0 };
  }

  async #finish(upload: Upload, sha256: string): Promise<void> {
    try {
      const actual = upload.hash.digest('hex');
      if (actual !== sha256) throw new Error(`its content is not that of its hash, but ${actual}`);
      // Group-readable in spite of the process's umask, where that was chosen.
      await upload.handle.chmod(this.#mode);
      await upload.handle.sync();
      await upload.handle.close();
      await rename(upload.path, shippedFilePath(this.#sharedDirectory, sha256));
    } catch (error) {
      await discard(upload);
      throw error;
    }
  }

  async #drop(uploads: Map<string, Upload>, sha256: string): Promise<void> {
    const upload = uploads.get(sha256);
    uploads.delete(sha256);
    if (upload) await discard(upload);
  }
}

async function writeAll(upload: Upload, data: Uint8Array): Promise<void> {
  await upload.handle.writeFile(data);
  upload.hash.update(data);
  upload.bytes += data.length;
}

async function copyAll(reader: FileHandle, upload: Upload): Promise<void> {
  const block = Buffer.allocUnsafe(COPY_BLOCK_BYTES);
  for (;;) {
    const { bytesRead } = await reader.read(block, 0, block.length, null);
    if (bytesRead === 0) return;
    await writeAll(upload, block.subarray(0, bytesRead));
  }
}

async function discard(upload: Upload): Promise<void> {
  await upload.handle.close().catch(() => undefined);
  await rm(upload.path, { force: true }).catch(() => undefined);
}
