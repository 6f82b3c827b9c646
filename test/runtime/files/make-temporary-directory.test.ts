import { readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTemporaryDirectory } from '../../../src/runtime/files/make-temporary-directory.ts';
import { freshDirectory } from '../programs/fresh-directory.ts';

it('a temporary directory is empty, new each time and for its user only', async () => {
  const parent = freshDirectory();
  const first = await makeTemporaryDirectory('a-name', parent);
  const second = await makeTemporaryDirectory('a-name', parent);
  expect(readdirSync(parent).toSorted()).toEqual(
    [first, second].map((path) => basename(path)).toSorted(),
  );
  expect(basename(first)).toMatch(/^a-name-/);
  expect(readdirSync(first)).toEqual([]);
  expect(statSync(first).mode & 0o777).toBe(0o700);
});

it('a temporary directory lies where TMPDIR says, unless told otherwise', async () => {
  const path = await makeTemporaryDirectory('muster-test');
  rmSync(path, { recursive: true });
  expect(realpathSync(dirname(path))).toBe(realpathSync(tmpdir()));
});

it('a temporary directory cannot be made in a place that is not there', async () => {
  const parent = join(freshDirectory(), 'nowhere');
  await expect(makeTemporaryDirectory('a-name', parent)).rejects.toThrow('ENOENT');
});
