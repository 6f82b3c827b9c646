import { open, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { Compression } from '../protocol/manager-orders.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { errorCode } from '../runtime/system-error.ts';
import { compressionOf, headProblem, MAGIC_BYTES_MAX } from './compression.ts';
import { InputRefused } from './input-errors.ts';
import { cannotRead, isHidden, sortByPath } from './input-names.ts';
import { type FoundPath, walkDirectory } from './walk-directory.ts';
import { skippedWarning } from './skipped-warning.ts';

/** A regular file to read, as it is now. */
export interface InputFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly inode: number;
  readonly mtimeMs: number;
  readonly compression: Compression | null;
}

export interface InputListing {
  /** Sorted by path, bytewise. */
  readonly files: readonly InputFile[];
  /** Real paths of the directories among the inputs, as given: no output may lie inside. */
  readonly directories: readonly InputDirectory[];
  readonly warnings: readonly string[];
}

export interface InputDirectory {
  readonly text: string;
  readonly realPath: string;
}

export interface ListingRules {
  /** What relative inputs start from. */
  readonly directory: string;
  /** Descend into subdirectories. */
  readonly recursive: boolean;
}

/** Files looked at at once. */
const LANES = 32;

/** What one input stands for. */
interface Found {
  readonly paths: readonly FoundPath[];
  readonly directories: readonly InputDirectory[];
  readonly warnings: readonly string[];
}

/**
 * Lists the files that inputs stand for: files, directories and glob patterns. Hidden names
 * (`.`, `_`), and subdirectories unless they are wanted, are skipped and reported.
 * @throws InputRefused for the first input that cannot be read
 */
export async function listInputs(
  inputs: readonly string[],
  rules: ListingRules,
): Promise<InputListing> {
  const found = await inParallel(inputs, LANES, (text) => findInput(text, rules));
  const sorted = sortByPath(
    found.flatMap(({ paths }) => paths),
    ({ path }) => path,
  );
  const warnings = found.flatMap((each) => each.warnings);
  const twice = sorted.find(({ path }, index) => path === sorted[index - 1]?.path);
  if (twice) warnings.push(`Input "${twice.path}" is given more than once and read as often`);
  const files = await inParallel(sorted, LANES, describeFile);
  return { files, directories: found.flatMap(({ directories }) => directories), warnings };
}

async function findInput(text: string, rules: ListingRules): Promise<Found> {
  if (text === '') throw new InputRefused(text, 'the name is empty');
  const path = resolve(rules.directory, text);
  const status = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' && isDynamicPattern(text)) return undefined;
    throw cannotRead(text, error);
  });
  if (!status) return findPattern(text, rules);
  if (isHidden(path)) {
    throw new InputRefused(text, 'names that begin with "." or "_" are hidden');
  }
  return findPath(path, text, status.isDirectory(), rules);
}

async function findPath(
  path: string,
  text: string,
  isDirectory: boolean,
  { recursive }: ListingRules,
): Promise<Found> {
  if (!isDirectory) return { paths: [{ path, text }], directories: [], warnings: [] };
  const { paths, warnings } = await walkDirectory(path, text, recursive);
  return { paths, directories: [{ text, realPath: await realpath(path) }], warnings };
}

async function findPattern(pattern: string, rules: ListingRules): Promise<Found> {
  const matches = await glob([pattern], {
    cwd: rules.directory,
    absolute: true,
    onlyFiles: false,
    expandDirectories: false,
    dot: false,
  }).catch((error: unknown) => {
    throw cannotRead(pattern, error);
  });
  const paths = matches.map((path) => path.replace(/\/$/, ''));
  const visible = paths.filter((path) => !isHidden(path));
  if (visible.length === 0) throw new InputRefused(pattern, 'no file matches the pattern');
  const found = await inParallel(visible, LANES, async (path) => {
    const status = await stat(path).catch((error: unknown) => {
      throw cannotRead(path, error);
    });
    return findPath(path, path, status.isDirectory(), rules);
  });
  const hidden = paths.filter(isHidden).map((path) => path.slice(path.lastIndexOf('/') + 1));
  return {
    paths: found.flatMap((each) => each.paths),
    directories: found.flatMap((each) => each.directories),
    warnings: [
      ...skippedWarning(pattern, 'hidden', hidden),
      ...found.flatMap((each) => each.warnings),
    ],
  };
}

/** Opening is more telling than access(2), which asks for the real user and not the effective one. */
async function describeFile({ path, text }: FoundPath): Promise<InputFile> {
  const status = await stat(path).catch((error: unknown) => {
    throw cannotRead(text, error);
  });
  if (!status.isFile()) {
    throw new InputRefused(
      text,
      'it is not a regular file; mapreduce-submit --local reads it first',
    );
  }
  const compression = compressionOf(path);
  const problem = await checkContent(path, compression).catch((error: unknown) => {
    throw cannotRead(text, error);
  });
  if (problem !== undefined) throw new InputRefused(text, problem);
  const { size: bytes, ino: inode, mtimeMs } = status;
  return { path, bytes, inode, mtimeMs, compression };
}

async function checkContent(
  path: string,
  compression: Compression | null,
): Promise<string | undefined> {
  const handle = await open(path, 'r');
  try {
    if (compression === null) return undefined;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC_BYTES_MAX), 0);
    return headProblem(buffer.subarray(0, bytesRead), compression);
  } finally {
    await handle.close();
  }
}
