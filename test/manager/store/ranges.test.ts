import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { writeRanges } from '../../../src/manager/store/ranges.ts';
import { writeRun } from '../../shuffle/run-shuffle.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';
import { expectDamageFound } from './expect-damage-found.ts';

const directory = useTemporaryDirectory();
let runs: string[] = [];

/** An ordered run of 500 numbers of five digits, `step` apart, in a line of 1000 bytes each. */
async function makeRun(name: string, first: number, step: number): Promise<string> {
  const path = `${directory()}/${name}`;
  const lines = Array.from(
    { length: 500 },
    (_, index) => `${String(first + index * step).padStart(5, '0')}\t${'x'.repeat(993)}\n`,
  );
  const options = { runPath: path, partitions: 1, isOrdered: true, sortBufferBytes: 200_000 };
  await writeRun(options, [Buffer.from(lines.toReversed().join(''))]);
  return path;
}

beforeEach(async () => {
  runs = [await makeRun('a.run', 0, 20), await makeRun('b.run', 10_000, 20)];
});

function cuts(): string[] {
  const lines = readFileSync(`${directory()}/ranges`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { from } = JSON.parse(line) as { from: string };
    return Buffer.from(from, 'base64').toString();
  });
}

test('ranges of about equal bytes are cut over all runs', async () => {
  expect(await writeRanges(directory(), runs, 4, 0o600)).toEqual([]);
  const wanted = [5000, 10_000, 15_000];
  for (const [place, cut] of cuts().entries()) {
    expect(cut).toMatch(/^\d{5}$/);
    expect(Math.abs(Number(cut) - (wanted[place] ?? 0))).toBeLessThan(400);
  }
  expect(cuts()).toHaveLength(3);
});

test('ranges are cut once, whatever the runs are later', async () => {
  await writeRanges(directory(), runs, 4, 0o600);
  const first = cuts();
  const other = await makeRun('c.run', 50_000, 20);
  expect(await writeRanges(directory(), [other], 4, 0o600)).toEqual([]);
  rmSync(other);
  expect(await writeRanges(directory(), [other], 4, 0o600)).toEqual([]);
  expect(cuts()).toEqual(first);
});

test('a job without map output has no cuts, and each reduce finds that out', async () => {
  expect(await writeRanges(directory(), [], 4, 0o600)).toEqual([]);
  expect(readFileSync(`${directory()}/ranges`, 'utf8')).toBe('');
});

test('every run that cannot be sampled is named, and nothing is written', async () => {
  const [a = '', b = ''] = runs;
  const damaged = readFileSync(a);
  // In the list of blocks behind the last segment.
  damaged[damaged.length - 400] = (damaged[damaged.length - 400] ?? 0) ^ 1;
  writeFileSync(a, damaged);
  expect(await writeRanges(directory(), runs, 4, 0o600)).toEqual([
    { index: 0, problem: `"${a}": the checksum of its index is wrong` },
  ]);
  truncateSync(b, 100);
  expect((await writeRanges(directory(), runs, 4, 0o600)).map(({ index }) => index)).toEqual([
    0, 1,
  ]);
  rmSync(b);
  expect(await writeRanges(directory(), runs, 4, 0o600)).toEqual([
    { index: 1, problem: `"${b}": no such file or directory` },
  ]);
  expect(() => cuts()).toThrow('ENOENT');
});

test('a directory that cannot be written is no fault of a run', async () => {
  mkdirSync(`${directory()}/ranges.tmp`);
  await expect(writeRanges(directory(), runs, 4, 0o600)).rejects.toThrow('EISDIR');
});

test('any damaged byte of an ordered run is found when the run is checked', async () => {
  await expectDamageFound(await makeRun('d.run', 0, 1));
});
