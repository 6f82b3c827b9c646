import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlannerFixture } from './planner-fixture.ts';

let fixture: PlannerFixture;
beforeEach(() => {
  fixture = new PlannerFixture();
});
afterEach(() => fixture.remove());

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** A file that is as long as this and takes no room. */
function sparse(name: string, head: Uint8Array, bytes: number): string {
  const path = `${fixture.root}/data/${name}`;
  writeFileSync(path, head);
  truncateSync(path, bytes);
  return path;
}

test('a compressed file is one piece, however long, and small ones share a task', async () => {
  writeFileSync(`${fixture.root}/data/c.gz`, gzipSync('three\n'));
  appendFileSync(`${fixture.root}/data/c.gz`, gzipSync('four\n'));
  writeFileSync(`${fixture.root}/data/d.bz2`, 'BZh9');
  const long = sparse('e.zst', ZSTD, 10_000);
  const plan = await fixture.prepare({ split_bytes: 1000 });
  const [first, second] = plan.maps;
  expect(first?.map(({ compression }) => compression)).toEqual([null, null, 'gzip', 'bzip2']);
  expect(second).toMatchObject([
    { path: long, start: 0, length: 10_000, file_bytes: 10_000, compression: 'zstd' },
  ]);
  expect(plan.maps).toHaveLength(2);
});

const MIB = 1024 * 1024;

test('one that is far longer than a split is told, and several in one warning', async () => {
  const one = sparse('huge.gz', Buffer.from([0x1f, 0x8b]), 65 * MIB);
  sparse('small.gz', Buffer.from([0x1f, 0x8b]), 64 * MIB);
  expect((await fixture.prepare()).summary.warnings).toEqual([
    `One file "${one}" (65 MiB) cannot be split: it is compressed, and one map task reads it all`,
  ]);
  const two = sparse('huge.zst', ZSTD, 70 * MIB);
  expect((await fixture.prepare()).summary.warnings).toEqual([
    `2 files cannot be split: they are compressed, and one map task reads each; the largest is "${two}" (70 MiB)`,
  ]);
});

test.each([
  ['x.gz', 'plain\n', 'it is not compressed with gzip, as its name says'],
  ['x.bz2', 'BZ', 'it is not compressed with bzip2, as its name says'],
  ['x.zst', '', 'it is empty and not compressed with zstd, as its name says'],
])('%s with other content is refused by name', async (name, content, reason) => {
  writeFileSync(`${fixture.root}/data/${name}`, content);
  await fixture.checkRefused(`Cannot read input "ROOT/data/${name}": ${reason}`);
});

test('zstd files may begin with a skippable frame', async () => {
  writeFileSync(`${fixture.root}/data/x.zst`, Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]));
  expect((await fixture.prepare()).maps.flat()).toHaveLength(3);
});
