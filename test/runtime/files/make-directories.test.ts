import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectories } from '../../../src/runtime/files/make-directories.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('what is missing is made, and its uppermost directory told', async () => {
  expect(await makeDirectories(`${root}/a/b/c`, 0o700)).toBe(`${root}/a`);
  expect(statSync(`${root}/a/b/c`).mode & 0o777).toBe(0o700);
  expect(await makeDirectories(`${root}/a/b/d`, 0o700)).toBe(`${root}/a/b/d`);
});

test('what is there is left as it is', async () => {
  mkdirSync(`${root}/a`, { mode: 0o755 });
  expect(await makeDirectories(`${root}/a`, 0o700)).toBeUndefined();
  expect(statSync(`${root}/a`).mode & 0o777).toBe(0o755);
});

test('two who make the same at once both succeed', async () => {
  const both = [makeDirectories(`${root}/a/b`, 0o700), makeDirectories(`${root}/a/b`, 0o700)];
  await expect(Promise.all(both)).resolves.toHaveLength(2);
});

test.each([
  ['a file in its place', (path: string) => path, 'ENOTDIR'],
  ['a file on the way', (path: string) => `${path}/a/b`, 'ENOTDIR'],
  ['a file system without room for directories', () => '/proc/muster/test', 'ENOENT'],
])('%s is an error, at once', async (_what, place, code) => {
  writeFileSync(`${root}/file`, '');
  await expect(makeDirectories(place(`${root}/file`), 0o700)).rejects.toMatchObject({ code });
});
