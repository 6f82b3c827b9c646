import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import type { ShippedFile } from '../../protocol/job-spec.ts';
import { SHIPPED_FILES_MAX } from '../../protocol/limits.ts';
import { errorText } from '../system-error.ts';
import { listTree } from './list-tree.ts';
import { type Command, wordsOf } from './read-command.ts';
import { shippedPath } from './shipped-path.ts';

/** A file to ship, and where to read it. */
export interface FoundFile extends ShippedFile {
  /** Absolute path of the submitter's copy. */
  readonly source: string;
}

export interface ShippingRequest {
  readonly commands: readonly Command[];
  /** `PATH` or `PATH#NAME`, as `--file` has them. */
  readonly extraFiles: readonly string[];
  /** What relative paths start from. */
  readonly directory: string;
  /** More are refused. */
  readonly filesMax?: number;
}

/**
 * The files that travel with a job: every word of a command that names a regular file below the
 * directory, and the extra files, all files below those that are directories. Each once, sorted by
 * path.
 * Throws an error whose message is for the user: an extra file that cannot be had, two files that
 * cannot stand side by side, or more than a job may have.
 */
export async function findShippedFiles(request: ShippingRequest): Promise<readonly FoundFile[]> {
  const shipment = new Shipment(request.filesMax ?? SHIPPED_FILES_MAX);
  for (const command of request.commands) {
    for (const word of wordsOf(command)) await addWord(shipment, word, request.directory);
  }
  for (const text of request.extraFiles) await addExtraFiles(shipment, text, request.directory);
  return shipment.finish();
}

async function addWord(shipment: Shipment, word: string, directory: string): Promise<void> {
  const path = shippedPath(word);
  if (path === undefined || shipment.has(path)) return;
  const source = resolve(directory, path);
  const status = await stat(source).catch(() => undefined);
  if (status?.isFile()) shipment.add(await describeFile(path, source), word);
}

async function addExtraFiles(shipment: Shipment, text: string, directory: string): Promise<void> {
  const { from, name } = await splitExtraFile(text, directory);
  const source = resolve(directory, from);
  const path = nameOf(from, name);
  if (path === undefined) {
    throw new Error(
      `Cannot ship "${text}": a file's name must be a relative path inside the directory of the attempt`,
    );
  }
  const status = await stat(source).catch(() => undefined);
  if (!status?.isDirectory()) return shipment.add(await describeFile(path, source), text);
  const tree = await listTree(source, shipment.filesMax);
  if (tree.length === 0) throw new Error(`Cannot ship "${text}": there is no file below it`);
  // Before any of them is read.
  shipment.checkCount(tree.length, text);
  for (const file of tree) {
    shipment.add(await describeFile(posix.join(path, file), join(source, file)), text);
  }
}

/** Files by the path they will have; refuses what cannot stand side by side. */
class Shipment {
  readonly filesMax: number;
  readonly #found = new Map<string, FoundFile>();

  constructor(filesMax: number) {
    this.filesMax = filesMax;
  }

  has(path: string): boolean {
    return this.#found.has(path);
  }

  /** @param text what the user wrote for it */
  add(file: FoundFile, text: string): void {
    const other = this.#found.get(file.path);
    if (other && other.sha256 !== file.sha256) {
      throw new Error(
        `Cannot ship "${text}": "${other.source}" travels as "${file.path}" already; give one another name with --file PATH#NAME`,
      );
    }
    this.#found.set(file.path, file);
    this.checkCount(this.#found.size, text);
  }

  checkCount(count: number, text: string): void {
    if (count <= this.filesMax) return;
    throw new Error(
      `Cannot ship "${text}": a job may bring ${String(this.filesMax)} files at most; pack them into one and unpack it in the program`,
    );
  }

  /** Sorted by path. */
  finish(): readonly FoundFile[] {
    const files = [...this.#found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    for (const file of files) this.#refuseAsDirectory(file);
    return files;
  }

  /** No file can stand where another one needs a directory. */
  #refuseAsDirectory({ path, source }: FoundFile): void {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const other = this.#found.get(path.slice(0, end));
      if (!other) continue;
      throw new Error(
        `Cannot ship "${source}" as "${path}": "${other.source}" travels as "${other.path}"; give one another name with --file PATH#NAME`,
      );
    }
  }
}

/**
 * What an extra file or directory is called in the attempt's directory: what the user says, else
 * where it is below the submitter's directory, which may be that itself, else its last name.
 */
function nameOf(from: string, name: string | undefined): string | undefined {
  if (from === '') return undefined;
  if (name !== undefined) return shippedPath(name);
  const own = posix.normalize(from).replace(/\/$/, '');
  return own === '.' ? own : (shippedPath(own) ?? shippedPath(basename(own)));
}

/** A `#` that is part of an existing file's name does not separate. */
async function splitExtraFile(
  text: string,
  directory: string,
): Promise<{ from: string; name: string | undefined }> {
  const hash = text.lastIndexOf('#');
  const whole = hash < 0 || (await stat(resolve(directory, text)).catch(() => undefined));
  return whole
    ? { from: text, name: undefined }
    : { from: text.slice(0, hash), name: text.slice(hash + 1) };
}

/** Hashes what is read, in blocks: size and hash are of the same bytes. */
async function describeFile(path: string, source: string): Promise<FoundFile> {
  const handle = await open(source, 'r').catch((error: unknown) => {
    throw new Error(`Cannot ship "${source}": ${errorText(error)}`, { cause: error });
  });
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new Error(`Cannot ship "${source}": it is not a regular file`);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of handle.createReadStream({ autoClose: false })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    return { path, source, sha256: hash.digest('hex'), bytes, mode: status.mode & 0o777 };
  } finally {
    await handle.close();
  }
}
