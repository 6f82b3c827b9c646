import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { cannotRead, decodeName, isHidden } from './input-names.ts';
import { skippedWarning } from './skipped-warning.ts';

export interface FoundPath {
  readonly path: string;
  /** How to call it in an error. */
  readonly text: string;
}

interface Walk {
  readonly files: FoundPath[];
  /** Still to be read, below the input: `''` is the input itself. */
  readonly waiting: string[];
  /** Names from the input on. */
  readonly hidden: string[];
  readonly nested: string[];
  readonly links: string[];
}

/**
 * Finds the files of a directory, at every level when `recursive`. Links to files count as files;
 * links to directories are not followed, as find(1) does not, so that loops cannot be met.
 * @param text the input as it was given
 * @returns the files in no order, and what was skipped
 * @throws InputRefused for a directory that cannot be read and a name that is not UTF-8
 */
export async function walkDirectory(
  path: string,
  text: string,
  recursive: boolean,
): Promise<{ readonly paths: readonly FoundPath[]; readonly warnings: readonly string[] }> {
  const walk: Walk = { files: [], waiting: [''], hidden: [], nested: [], links: [] };
  const root = path === '/' ? '' : path;
  for (let below = walk.waiting.pop(); below !== undefined; below = walk.waiting.pop()) {
    const directory = `${root}${below}`;
    const shown = below === '' ? text : directory;
    const entries = await readdir(directory === '' ? '/' : directory, {
      encoding: 'buffer',
      withFileTypes: true,
    }).catch((error: unknown) => {
      throw cannotRead(shown, error);
    });
    for (const entry of entries) {
      const name = `${below}/${decodeName(entry.name, directory)}`;
      await sortIn(walk, entry, name, root, recursive);
    }
  }
  const warnings = [
    ...skippedWarning(text, 'hidden', walk.hidden),
    ...skippedWarning(text, 'subdirectories; --recursive reads them', walk.nested),
    ...skippedWarning(text, 'links to directories', walk.links),
  ];
  if (walk.files.length === 0) warnings.push(`Input "${text}" is a directory without files`);
  return { paths: walk.files, warnings };
}

/** @param name from the input on, with a slash before */
async function sortIn(
  walk: Walk,
  entry: Dirent<Buffer>,
  name: string,
  root: string,
  recursive: boolean,
): Promise<void> {
  const path = `${root}${name}`;
  const shown = name.slice(1);
  if (isHidden(name)) {
    if (!isMarker(name)) walk.hidden.push(shown);
  } else if (entry.isDirectory()) {
    if (recursive) walk.waiting.push(name);
    else walk.nested.push(shown);
  } else if (entry.isSymbolicLink() && (await isDirectoryAt(path))) {
    if (recursive) walk.links.push(shown);
    else walk.nested.push(shown);
  } else walk.files.push({ path, text: path });
}

/** The empty file that says that another job has written this directory: nothing is missed in it. */
function isMarker(name: string): boolean {
  return name.endsWith('/_SUCCESS');
}

async function isDirectoryAt(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() ?? false;
}
