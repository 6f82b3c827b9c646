import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measureTree } from '../../../src/runtime/files/measure-tree.ts';
import { removeTree } from '../../../src/runtime/files/remove-tree.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-trees-'));
  mkdirSync(`${root}/a/b`, { recursive: true });
  writeFileSync(`${root}/a/one`, 'x'.repeat(100));
  writeFileSync(`${root}/a/b/two`, 'x'.repeat(23));
  symlinkSync('/etc', `${root}/a/link`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a tree is as big as its regular files; links are not followed', async () => {
  expect(await measureTree(root)).toBe(123);
  expect(await measureTree(`${root}/nothing`)).toBe(0);
});

test('a tree is removed, and removing what is not there is fine', async () => {
  await removeTree(`${root}/a`);
  await removeTree(`${root}/a`);
  expect(existsSync(`${root}/a`)).toBe(false);
  expect(existsSync('/etc/passwd')).toBe(true);
});

test('a directory with more entries than are read together goes with all of them', async () => {
  for (let index = 0; index < 600; index += 1) {
    writeFileSync(`${root}/a/b/file-${String(index)}`, '');
    if (index % 7 === 0) mkdirSync(`${root}/a/b/directory-${String(index)}`);
  }
  await removeTree(`${root}/a`);
  expect(existsSync(`${root}/a`)).toBe(false);
});

test('of a link only the link is removed', async () => {
  symlinkSync(`${root}/a`, `${root}/link`);
  await removeTree(`${root}/link`);
  await removeTree(`${root}/a/one`);
  expect(existsSync(`${root}/link`)).toBe(false);
  expect(existsSync(`${root}/a/b/two`)).toBe(true);
  expect(existsSync(`${root}/a/one`)).toBe(false);
});
