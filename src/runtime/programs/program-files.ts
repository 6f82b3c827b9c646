import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { ShippedFile } from '../../protocol/job-spec.ts';
import { builtinOf } from './command-words.ts';
import { shippedPath } from './shipped-path.ts';

/** A file to ship, and where to read it. */
export interface FoundFile extends ShippedFile {
  /** Absolute path of the submitter's copy. */
  readonly source: string;
}

export interface ShippingRequest {
  /** Commands as words. */
  readonly commands: readonly (readonly string[])[];
  /** `PATH` or `PATH#NAME`, as `--file` has them. */
  readonly extraFiles: readonly string[];
  /** What relative paths start from. */
  readonly directory: string;
}

/**
 * The files that travel with a job: every word of a command that names a regular file below the
 * directory, and the extra files. Each once, sorted by path.
 * Throws an error whose message is for the user: an extra file that cannot be had, or two
 * different files under one name.
 */
export async function findShippedFiles(request: ShippingRequest): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const words of request.commands) {
    if (builtinOf(words) !== undefined) continue;
    for (const word of words) await addWord(found, word, request.directory);
  }
  for (const text of request.extraFiles) await addExtraFile(found, text, request.directory);
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function addWord(
  found: Map<string, FoundFile>,
  word: string,
  directory: string,
): Promise<void> {
  const path = shippedPath(word);
  if (path === undefined || found.has(path)) return;
  const source = resolve(directory, path);
  const status = await stat(source).catch(() => undefined);
  if (status?.isFile()) found.set(path, await describeFile(path, source));
}

async function addExtraFile(
  found: Map<string, FoundFile>,
  text: string,
  directory: string,
): Promise<void> {
  const { from, name } = await splitExtraFile(text, directory);
  const source = resolve(directory, from);
  const path = shippedPath(name ?? (shippedPath(from) === undefined ? basename(from) : from));
  if (path === undefined) {
    throw new Error(
      `Cannot ship "${text}": a file's name must be a relative path inside the directory of the attempt`,
    );
  }
  const file = await describeFile(path, source);
  const other = found.get(path);
  if (other && other.sha256 !== file.sha256) {
    throw new Error(
      `Cannot ship "${text}": "${other.source}" travels as "${path}" already; give one another name with --file PATH#NAME`,
    );
  }
  found.set(path, file);
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
    throw new Error(`Cannot ship "${source}": ${reasonOf(error)}`, { cause: error });
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

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
