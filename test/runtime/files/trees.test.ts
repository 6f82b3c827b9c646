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
