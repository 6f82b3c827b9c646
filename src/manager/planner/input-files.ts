import { open, readdir, realpath, stat } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { inParallel } from '../../runtime/in-parallel.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { JobRefused } from './job-refused.ts';

/** A regular file to read, as it is now. */
export interface InputFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly inode: number;
  readonly mtimeMs: number;
}

export interface InputListing {
  /** Sorted by path, bytewise. */
  readonly files: readonly InputFile[];
  /** Real paths of the directories among the inputs, as given: no output may lie inside. */
  readonly directories: readonly { readonly text: string; readonly realPath: string }[];
  readonly warnings: readonly string[];
}

const LANES = 32;
const COMPRESSED = /\.(?:gz|bz2|zst)$/;
/** How many skipped names a warning spells out. */
const NAMES_SHOWN = 3;

/**
 * Lists the files that inputs stand for: files, directories (their files, not their
 * subdirectories) and glob patterns. Hidden names (`.`, `_`) are skipped and reported.
 * @param directory what relative inputs start from
 * @throws JobRefused
 */
export async function listInputs(
  inputs: readonly string[],
  directory: string,
): Promise<InputListing> {
  const walk = new InputWalk(directory);
  for (const input of inputs) await walk.addInput(input);
  return walk.finish();
}

class InputWalk {
  readonly #directory: string;
  readonly #paths: { path: string; text: string }[] = [];
  readonly #directories: { text: string; realPath: string }[] = [];
  readonly #warnings: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  async addInput(text: string): Promise<void> {
    if (text === '') throw new JobRefused('Cannot read input "": the name is empty');
    const path = resolve(this.#directory, text);
    const status = await stat(path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT' && isDynamicPattern(text)) return undefined;
      throw cannotRead(text, error);
    });
    if (!status) return this.#addPattern(text);
    if (isHidden(path)) {
      throw new JobRefused(
        `Cannot read input "${text}": names that begin with "." or "_" are hidden`,
      );
    }
    return this.#addPath(path, text, status.isDirectory());
  }

  async finish(): Promise<InputListing> {
    const sorted = this.#paths.toSorted((a, b) => compareUtf8(a.path, b.path));
    const twice = sorted.find(({ path }, index) => path === sorted[index - 1]?.path);
    if (twice)
      this.#warnings.push(`Input "${twice.path}" is given more than once and read as often`);
    const files = await inParallel(sorted, LANES, ({ path, text }) => describeFile(path, text));
    return { files, directories: this.#directories, warnings: this.#warnings };
  }

  async #addPattern(pattern: string): Promise<void> {
    const found = await glob([pattern], {
      cwd: this.#directory,
      absolute: true,
      onlyFiles: false,
      expandDirectories: false,
      dot: false,
    }).catch((error: unknown) => {
      throw cannotRead(pattern, error);
    });
    const paths = found.map((path) => path.replace(/\/$/, ''));
    const visible = paths.filter((path) => !isHidden(path));
    if (visible.length === 0) {
      throw new JobRefused(`Cannot read input "${pattern}": no file matches the pattern`);
    }
    this.#reportSkipped(
      pattern,
      'hidden',
      paths.filter(isHidden).map((path) => basename(path)),
    );
    for (const path of visible) {
      const status = await stat(path).catch((error: unknown) => {
        throw path.includes('\uFFFD') ? notUtf8(path) : cannotRead(path, error);
      });
      await this.#addPath(path, path, status.isDirectory());
    }
  }

  async #addPath(path: string, text: string, isDirectory: boolean): Promise<void> {
    if (!isDirectory) {
      this.#paths.push({ path, text });
      return;
    }
    this.#directories.push({ text, realPath: await realpath(path) });
    await this.#addDirectory(path, text);
  }

  async #addDirectory(path: string, text: string): Promise<void> {
    const entries = await readdir(path, { encoding: 'buffer', withFileTypes: true }).catch(
      (error: unknown) => {
        throw cannotRead(text, error);
      },
    );
    const hidden: string[] = [];
    const nested: string[] = [];
    let files = 0;
    for (const entry of entries) {
      const name = decodeName(entry.name, path);
      const inner = `${path === '/' ? '' : path}/${name}`;
      if (isHidden(name)) hidden.push(name);
      else if (entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectoryAt(inner)))) {
        nested.push(name);
      } else {
        this.#paths.push({ path: inner, text: inner });
        files += 1;
      }
    }
    this.#reportSkipped(text, 'hidden', hidden);
    this.#reportSkipped(text, 'subdirectories', nested);
    if (files === 0) this.#warnings.push(`Input "${text}" is a directory without files`);
  }

  #reportSkipped(text: string, kind: 'hidden' | 'subdirectories', names: readonly string[]): void {
    if (names.length === 0) return;
    const shown = names.toSorted(compareUtf8).slice(0, NAMES_SHOWN);
    const list = shown.map((name) => `"${name}"`).join(', ');
    const more =
      names.length > NAMES_SHOWN ? ` and ${String(names.length - NAMES_SHOWN)} more` : '';
    this.#warnings.push(`Skipped in input "${text}" (${kind}): ${list}${more}`);
  }
}

async function describeFile(path: string, text: string): Promise<InputFile> {
  if (COMPRESSED.test(path)) {
    throw new JobRefused(`Cannot read input "${text}": compressed input is not supported yet`);
  }
  const status = await stat(path).catch((error: unknown) => {
    throw cannotRead(text, error);
  });
  if (!status.isFile()) {
    throw new JobRefused(
      `Cannot read input "${text}": it is not a regular file; mapreduce-submit --local reads it first`,
    );
  }
  await mustOpen(path, text);
  return { path, bytes: status.size, inode: status.ino, mtimeMs: status.mtimeMs };
}

/** More telling than access(2), which asks for the real user and not the effective one. */
async function mustOpen(path: string, text: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    await handle.close();
  } catch (error) {
    throw cannotRead(text, error);
  }
}

async function isDirectoryAt(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() ?? false;
}

function isHidden(path: string): boolean {
  return /^[._]/.test(basename(path));
}

/** Messages are UTF-8, so a name that is not could not be sent as it is. */
function decodeName(name: Buffer, directory: string): string {
  const text = name.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(name)) return text;
  const shown = name.toString('latin1').replace(/[^ -~]/g, hexEscape);
  throw notUtf8(`${directory}/${shown}`);
}

function hexEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function notUtf8(path: string): JobRefused {
  return new JobRefused(`Cannot read input "${path}": its name is not UTF-8; rename it`);
}

function cannotRead(text: string, error: unknown): JobRefused {
  const denied = errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM';
  const who = denied ? `, as user ${userInfo().username} on ${hostname()}` : '';
  return new JobRefused(`Cannot read input "${text}": ${errorText(error)}${who}`, { cause: error });
}

/** The order of `LC_ALL=C sort`. Code units differ from it above U+FFFF. */
function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
