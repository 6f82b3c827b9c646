import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findShippedFiles, type FoundFile } from '../../../src/runtime/programs/program-files.ts';
import { freshDirectory } from './fresh-directory.ts';

/** A submitter's directory with `lib/` in it, and things beside it. */
function submitterDirectory(): string {
  const base = freshDirectory();
  mkdirSync(join(base, 'home/lib/deep/er'), { recursive: true });
  mkdirSync(join(base, 'home/lib/empty'));
  mkdirSync(join(base, 'elsewhere'));
  writeFileSync(join(base, 'elsewhere/common.py'), 'common\n');
  writeFileSync(join(base, 'home/map.py'), 'map\n');
  writeFileSync(join(base, 'home/lib/a b.py'), 'a\n');
  writeFileSync(join(base, 'home/lib/.hidden'), 'hidden\n');
  writeFileSync(join(base, 'home/lib/deep/er/run.sh'), 'run\n');
  chmodSync(join(base, 'home/lib/deep/er/run.sh'), 0o750);
  return join(base, 'home');
}

function ship(directory: string, ...extraFiles: string[]): Promise<readonly FoundFile[]> {
  return findShippedFiles({ commands: [], extraFiles, directory });
}

async function paths(directory: string, ...extraFiles: string[]): Promise<readonly string[]> {
  return (await ship(directory, ...extraFiles)).map(({ path }) => path);
}

describe('--file with a directory', () => {
  it('ships all files below it with their modes, hidden ones too, and no empty directory', async () => {
    const files = await ship(submitterDirectory(), 'lib');
    expect(files.map(({ path, mode, bytes }) => [path, mode & 0o100, bytes])).toEqual([
      ['lib/.hidden', 0, 7],
      ['lib/a b.py', 0, 2],
      ['lib/deep/er/run.sh', 0o100, 4],
    ]);
  });

  it.each([
    ['lib/deep', ['lib/deep/er/run.sh']],
    ['./lib//deep/', ['lib/deep/er/run.sh']],
    ['lib/deep#tools', ['tools/er/run.sh']],
    ['lib/deep#a/b', ['a/b/er/run.sh']],
    ['../elsewhere', ['elsewhere/common.py']],
    ['../elsewhere/', ['elsewhere/common.py']],
    ['.', ['lib/.hidden', 'lib/a b.py', 'lib/deep/er/run.sh', 'map.py']],
  ])('%s puts them where the name says', async (extra, expected) => {
    expect(await paths(submitterDirectory(), extra)).toEqual(expected);
  });

  it('follows links to files and directories', async () => {
    const directory = submitterDirectory();
    symlinkSync('../../elsewhere/common.py', join(directory, 'lib/linked.py'));
    symlinkSync('../../elsewhere', join(directory, 'lib/linked'));
    const files = await ship(directory, 'lib');
    const linked = files.filter(({ path }) => path.includes('linked'));
    expect(linked.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['lib/linked.py', 7],
      ['lib/linked/common.py', 7],
    ]);
  });

  it('ships one file once that is named twice', async () => {
    expect(await paths(submitterDirectory(), 'lib', 'lib/a b.py', 'lib')).toHaveLength(3);
  });
});

describe('--file is refused', () => {
  it.each([
    ['../elsewhere#..', /^Cannot ship .*: a file's name must be a relative path/],
    ['lib#/lib', /^Cannot ship .*: a file's name must be a relative path/],
    ['lib#a/../../b', /^Cannot ship .*: a file's name must be a relative path/],
    ['..', /^Cannot ship "\.\.": a file's name must be a relative path/],
    ['lib/empty', /^Cannot ship "lib\/empty": there is no file below it$/],
  ])('%s', async (extra, message) => {
    await expect(ship(submitterDirectory(), 'lib', extra)).rejects.toThrow(message);
  });

  it('for two different files under one name', async () => {
    const directory = submitterDirectory();
    await expect(ship(directory, 'lib', '../elsewhere/common.py#lib/a b.py')).rejects.toThrow(
      /^Cannot ship ".*": ".*a b\.py" travels as "lib\/a b\.py" already/,
    );
  });

  it('for a file where another one needs a directory', async () => {
    const directory = submitterDirectory();
    await expect(ship(directory, 'lib', 'map.py#lib/deep')).rejects.toThrow(
      /^Cannot ship ".*run\.sh" as "lib\/deep\/er\/run\.sh": ".*map\.py" travels as "lib\/deep"; give one/,
    );
  });

  it('for a link that leads back', async () => {
    const directory = submitterDirectory();
    symlinkSync('..', join(directory, 'lib/deep/back'));
    await expect(ship(directory, 'lib')).rejects.toThrow(
      /^Cannot ship ".*lib\/deep\/back": it is a link to a directory around it$/,
    );
  });

  it('for a link to nothing', async () => {
    const directory = submitterDirectory();
    symlinkSync('nowhere', join(directory, 'lib/broken'));
    await expect(ship(directory, 'lib')).rejects.toThrow(
      /^Cannot ship ".*lib\/broken": no such file or directory$/,
    );
  });

  it.each([
    ['below one directory', ['lib']],
    ['in all', ['map.py', 'lib/deep', 'lib/.hidden']],
  ])('for more files than a job may bring %s', async (_where, extraFiles) => {
    const directory = submitterDirectory();
    const request = { commands: [], extraFiles, directory, filesMax: 2 };
    await expect(findShippedFiles(request)).rejects.toThrow(
      /^Cannot ship "lib.*": a job may bring 2 files at most; pack them into one/,
    );
  });
});
