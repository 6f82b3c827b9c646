import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkProgram, type ProgramCheckResult } from '../../../src/runtime/programs/preflight.ts';
import { findShippedFiles } from '../../../src/runtime/programs/program-files.ts';
import { readCommand } from '../../../src/runtime/programs/read-command.ts';
import { resolveProgram } from '../../../src/runtime/programs/resolve-program.ts';
import { freshDirectory } from './fresh-directory.ts';

/** Writes files (path to content; executable when it begins with `#!`) and a PATH directory. */
function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = freshDirectory();
  mkdirSync(join(directory, 'path'));
  writeFileSync(join(directory, 'path/onpath'), '#!/bin/sh\n', { mode: 0o755 });
  mkdirSync(join(directory, 'home/folder'), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(directory, 'home', path), content, {
      mode: content.startsWith('#!') ? 0o755 : 0o644,
    });
  }
  return directory;
}

async function preflight(
  command: string,
  files: Readonly<Record<string, string>> = {},
  extraFiles: readonly string[] = [],
): Promise<ProgramCheckResult> {
  const base = directoryWith(files);
  const read = readCommand(command, false);
  if (!read.ok) throw new Error(read.reason);
  const directory = join(base, 'home');
  const commands = [read.command];
  const shipped = await findShippedFiles({ commands, extraFiles, directory });
  return checkProgram({
    command: read.command,
    directory,
    files: shipped,
    path: join(base, 'path'),
  });
}

describe('a program before its job is queued', () => {
  it.each([
    ['./map.sh -x', { 'map.sh': '#!/bin/sh\n' }],
    ['map.sh', { 'map.sh': '#!/bin/sh\n' }],
    ['map.sh', { 'map.sh': '#! /usr/bin/env -S onpath -u\n' }],
    ['./map.sh', { 'map.sh': '#!/usr/bin/env onpath' }],
    ['onpath', {}],
    ['/bin/sh -c x', {}],
    ['sum', {}],
  ])('%s is accepted', async (command, files) => {
    expect(await preflight(command, files as Record<string, string>)).toEqual({});
  });

  it.each([
    ['./map.sh', {}, 'program "./map.sh": no such file'],
    ['/no/such', {}, 'program "/no/such": no such file'],
    ['./folder', {}, 'program "./folder": it is a directory'],
    [
      './map.sh',
      { 'map.sh': 'cat' },
      'program "./map.sh" is not executable: run chmod +x ./map.sh',
    ],
    [
      "'./my map.sh'",
      { 'my map.sh': 'cat' },
      `program "./my map.sh" is not executable: run chmod +x './my map.sh'`,
    ],
    ['map.sh', { 'map.sh': 'cat' }, 'program "map.sh" is not executable: run chmod +x map.sh'],
    [
      './map.sh',
      { 'map.sh': '#!/no/python\nx' },
      'program "./map.sh" cannot run: its first line names an interpreter that is not there: "/no/python"',
    ],
    [
      './map.sh',
      { 'map.sh': '#!/usr/bin/env nosuch\n' },
      'program "./map.sh" cannot run: its first line wants "nosuch", which is not on the PATH',
    ],
    [
      './map.sh',
      { 'map.sh': '#!/bin/sh\r\ncat\r\n' },
      `program "./map.sh" cannot run: its first line ends in a carriage return (\\r): save it with Unix line ends, as by: sed -i 's/\\r$//'`,
    ],
    [
      '../path/onpath',
      {},
      'program "../path/onpath" lies outside the directory, so it does not travel with the job: add --file ../path/onpath and run its bare name',
    ],
  ])('%s with %j is refused', async (command, files, error) => {
    expect(await preflight(command, files as Record<string, string>)).toEqual({ error });
  });

  it('that only Workers may have on their PATH gets a warning', async () => {
    const { error, warning } = await preflight('only-there');
    expect(error).toBeUndefined();
    expect(warning).toMatch(/^program "only-there" is neither a file in ".*" nor on the PATH here/);
  });

  it.each([
    ['distinkt', 'did you mean the built-in "distinct"? Else Workers must have it on theirs'],
    ['maximum', 'nor on the PATH here; Workers must have it on theirs'],
    ['summ -r', 'nor on the PATH here; Workers must have it on theirs'],
  ])('%s is warned of with the built-in that may be meant', async (command, hint) => {
    expect((await preflight(command)).warning).toContain(hint);
  });

  it('that travels by --file is checked where it comes from', async () => {
    expect(await preflight('run.sh', {}, ['../path/onpath#run.sh'])).toEqual({});
    expect(await preflight('./run.sh', { 'plain.txt': 'x' }, ['plain.txt#run.sh'])).toEqual({
      error: 'program "./run.sh" is not executable: run chmod +x ./run.sh',
    });
  });
});

/** Where the program was found, below the test's directory, or why it was not. */
async function resolveIn(word: string, files: Readonly<Record<string, string>>): Promise<string> {
  const base = directoryWith(files);
  const place = { directory: join(base, 'home'), path: `/no/such:${join(base, 'path')}` };
  const resolved = await resolveProgram(word, place);
  return resolved.ok ? resolved.path.replace(base, '') : resolved.reason;
}

describe('a program on a Worker', () => {
  it('is looked up in the directory of the attempt first, then on PATH', async () => {
    expect(await resolveIn('onpath', {})).toBe('/path/onpath');
    expect(await resolveIn('onpath', { onpath: '#!/bin/sh' })).toBe('/home/onpath');
    expect(await resolveIn('./map.sh', { 'map.sh': '#!/bin/sh' })).toBe('/home/map.sh');
    expect(await resolveIn('/bin/sh', {})).toBe('/bin/sh');
  });

  it.each([
    ['nosuch', {}, 'not found on its PATH'],
    ['./nosuch', {}, 'no such file'],
    ['./map.sh', { 'map.sh': 'x' }, 'not executable'],
    [
      './map.sh',
      { 'map.sh': '#!/usr/bin/env nosuch' },
      'its first line wants "nosuch", which is not on the PATH',
    ],
  ])('%s with %j cannot be started', async (word, files, reason) => {
    expect(await resolveIn(word, files as Record<string, string>)).toBe(reason);
  });
});
