import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findShippedFiles } from '../../../src/runtime/programs/program-files.ts';
import { type Command, readCommand } from '../../../src/runtime/programs/read-command.ts';
import { freshDirectory } from './fresh-directory.ts';

function submitterDirectory(): string {
  const directory = freshDirectory();
  mkdirSync(join(directory, 'home/lib'), { recursive: true });
  writeFileSync(join(directory, 'home/map.py'), 'print(1)\n');
  writeFileSync(join(directory, 'home/lib/stop words.txt'), 'the\n');
  writeFileSync(join(directory, 'outside.txt'), 'outside\n');
  chmodSync(join(directory, 'home/map.py'), 0o755);
  return join(directory, 'home');
}

function command(text: string, shell = false): Command {
  const read = readCommand(text, shell);
  if (!read.ok) throw new Error(read.reason);
  return read.command;
}

async function shipped(
  commands: readonly Command[],
  extraFiles: readonly string[] = [],
): Promise<readonly string[]> {
  const files = await findShippedFiles({
    commands,
    extraFiles,
    directory: submitterDirectory(),
  });
  return files.map((file) => file.path);
}

describe('the files that travel with a job', () => {
  it('are the words that name files in the directory, under their normal paths, each once', async () => {
    const words = command(`python3 ./map.py --stop 'lib//stop words.txt' lib -x`);
    expect(await shipped([words, command('map.py')])).toEqual(['lib/stop words.txt', 'map.py']);
  });

  it('leave out words that lead out of the directory', async () => {
    const words = command('../outside.txt /etc/passwd lib/../../outside.txt');
    expect(await shipped([words])).toEqual([]);
  });

  it('carry size, mode and hash of the content', async () => {
    const directory = submitterDirectory();
    const files = await findShippedFiles({
      commands: [command('./map.py')],
      extraFiles: [],
      directory,
    });
    expect(files).toEqual([
      {
        path: 'map.py',
        source: join(directory, 'map.py'),
        bytes: 9,
        mode: 0o755,
        sha256: createHash('sha256').update('print(1)\n').digest('hex'),
      },
    ]);
  });

  it('leave out a file that has the name of a built-in', async () => {
    const directory = submitterDirectory();
    writeFileSync(join(directory, 'sum'), 'x');
    const paths = async (text: string): Promise<readonly string[]> => {
      const request = { commands: [command(text)], extraFiles: [], directory };
      return (await findShippedFiles(request)).map((file) => file.path);
    };
    expect(await paths('sum')).toEqual([]);
    expect(await paths('./sum')).toEqual(['sum']);
  });

  it('take extra files, from anywhere, under another name when one is given', async () => {
    expect(
      await shipped([], ['../outside.txt', 'lib/stop words.txt', 'map.py#tools/first.py']),
    ).toEqual(['lib/stop words.txt', 'outside.txt', 'tools/first.py']);
  });

  it('take a # for a part of the name when such a file is there', async () => {
    const directory = submitterDirectory();
    writeFileSync(join(directory, 'notes#1'), 'x');
    const files = await findShippedFiles({ commands: [], extraFiles: ['notes#1'], directory });
    expect(files.map((file) => file.path)).toEqual(['notes#1']);
  });

  it.each([
    ['missing.txt', /^Cannot ship ".*missing\.txt": no such file or directory$/],
    ['/dev/null', /^Cannot ship "\/dev\/null": it is not a regular file$/],
    ['#x', /^Cannot ship "#x": a file's name must be a relative path/],
    ['map.py#../x', /^Cannot ship "map\.py#\.\.\/x": a file's name must be a relative path/],
    ['map.py#/x', /^Cannot ship "map\.py#\/x": a file's name must be a relative path/],
    ['../outside.txt#map.py', /^Cannot ship .*: ".*map\.py" travels as "map\.py" already/],
  ])('refuse --file %s', async (extra, message) => {
    await expect(shipped([command('./map.py')], [extra])).rejects.toThrow(message);
  });
});
