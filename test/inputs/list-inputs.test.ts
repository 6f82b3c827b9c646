import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InputListing, listInputs } from '../../src/inputs/list-inputs.ts';
import { needsRoot } from '../needs.ts';
import { freshDirectory } from '../runtime/programs/fresh-directory.ts';

const NOBODY = 65_534;

/** A directory with these files; names end with a slash for directories. */
function tree(...names: readonly string[]): string {
  const root = realpathSync(freshDirectory());
  for (const name of names) {
    const path = join(root, name);
    mkdirSync(join(path, name.endsWith('/') ? '.' : '..'), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, 'x\n');
  }
  return root;
}

function list(root: string, inputs: readonly string[], recursive: boolean): Promise<InputListing> {
  return listInputs(inputs, { directory: root, recursive });
}

function namesOf({ files }: InputListing, root: string): string[] {
  return files.map(({ path }) => path.slice(root.length + 1));
}

describe('a recursive walk', () => {
  it('finds files at every level, in the order of their paths by bytes', async () => {
    const root = tree('in/b/z', 'in/b.txt', 'in/b/a/deep/er', 'in/\u{1F600}', 'in/\uFB01', 'in/a');
    const found = await list(root, ['in'], true);
    const expected = execFileSync('sh', ['-c', 'find in -type f | LC_ALL=C sort'], { cwd: root });
    expect(`${namesOf(found, root).join('\n')}\n`).toBe(expected.toString());
    expect(found.warnings).toEqual([]);
  });

  it('skips hidden names at every level, and says which but for the marker of a job that is done', async () => {
    const root = tree(
      'in/a',
      'in/.git/config',
      'in/x/_SUCCESS',
      'in/x/_a',
      'in/x/b',
      'in/x/y/.z',
      'in/_t/c',
    );
    const found = await list(root, ['in'], true);
    expect(namesOf(found, root)).toEqual(['in/a', 'in/x/b']);
    expect(found.warnings).toEqual([
      'Skipped in input "in" (hidden): ".git", "_t", "x/_a" and 1 more',
    ]);
  });

  it('reads linked files, and follows no link to a directory, so that a loop ends', async () => {
    const root = tree('in/a/b', 'other/c');
    symlinkSync('..', `${root}/in/a/loop`);
    symlinkSync('../other', `${root}/in/other`);
    symlinkSync('../other/c', `${root}/in/c`);
    const found = await list(root, ['in'], true);
    expect(namesOf(found, root)).toEqual(['in/a/b', 'in/c']);
    expect(found.warnings).toEqual([
      'Skipped in input "in" (links to directories): "a/loop", "other"',
    ]);
  });

  it('follows a link that is itself an input', async () => {
    const root = tree('other/x/c');
    symlinkSync('other', `${root}/in`);
    expect(namesOf(await list(root, ['in'], true), root)).toEqual(['in/x/c']);
  });

  it('goes into directories that a pattern matches', async () => {
    const root = tree('in/2024/a', 'in/2025/x/b', 'in/2025/c', 'in/none/d');
    const found = await list(root, ['in/20*'], true);
    expect(namesOf(found, root)).toEqual(['in/2024/a', 'in/2025/c', 'in/2025/x/b']);
  });

  it('of directories without files finds none, and says so', async () => {
    const root = tree('in/a/b/', 'in/_hidden');
    expect(await list(root, ['in'], true)).toMatchObject({
      files: [],
      warnings: [
        'Skipped in input "in" (hidden): "_hidden"',
        'Input "in" is a directory without files',
      ],
    });
  });

  it('refuses a name that is not UTF-8, wherever it lies', async () => {
    const root = tree('in/a/b');
    execFileSync('sh', ['-c', `printf x > "$(printf '${root}/in/a/caf\\351')"`]);
    const where = `${root}/in/a/caf`;
    for (const recursiveInput of ['in', '.']) {
      await expect(list(root, [recursiveInput], true)).rejects.toThrow(
        `Cannot read input "${where}\\xe9": its name is not UTF-8; rename it`,
      );
    }
    // The bytes are lost before we see them.
    for (const input of ['in/a/c*', 'in/a/caf\uFFFD']) {
      await expect(list(root, [input], false)).rejects.toThrow(/caf\uFFFD": its name is not UTF-8/);
    }
  });

  it('refuses a directory that cannot be read, by name', async (context) => {
    needsRoot(context);
    const root = tree('in/a/secret/b');
    chmodSync(root, 0o755);
    chmodSync(`${root}/in/a/secret`, 0o700);
    process.seteuid?.(NOBODY);
    try {
      await expect(list(root, ['in'], true)).rejects.toThrow(
        `Cannot read input "${root}/in/a/secret": permission denied, as user`,
      );
    } finally {
      process.seteuid?.(0);
    }
  });
});

describe('without --recursive', () => {
  it('subdirectories are skipped and reported', async () => {
    const root = tree('in/a', 'in/b/c');
    symlinkSync('b', `${root}/in/link`);
    const found = await list(root, ['in'], false);
    expect(namesOf(found, root)).toEqual(['in/a']);
    expect(found.warnings).toEqual([
      'Skipped in input "in" (subdirectories; --recursive reads them): "b", "link"',
    ]);
  });
});
