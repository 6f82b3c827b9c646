import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RunMemory, type RunIndex } from '../../src/shuffle/run-memory.ts';
import { RunUnreadableError } from '../../src/shuffle/run-unreadable-error.ts';
import { readPartition, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
const PARTITIONS = 7;

async function runOf(lines: number, name: string): Promise<string> {
  const path = scratch.fresh(name);
  const text = Array.from({ length: lines }, (_, at) => `${name}-${at % 500}\t${at}\n`).join('');
  await writeRun({ runPath: path, partitions: PARTITIONS, sortBufferBytes: 65_536 }, [
    Buffer.from(text),
  ]);
  return path;
}

function read(paths: readonly string[], partition: number, memory?: RunMemory): Promise<Buffer> {
  return readPartition({
    runs: paths.map((path, mapIndex) => ({ path, mapIndex, attempt: 1 })),
    partition,
    partitions: PARTITIONS,
    bufferBytes: 65_536,
    scratchDir: scratch.path(),
    ...(memory && { memory }),
  });
}

function entry(rowsBytes: number): RunIndex {
  const footer = {
    indexOffset: 12,
    fileLength: 100,
    partitions: 1,
    segments: 1,
    isOrdered: false,
    largestBytes: 3,
  };
  return { footer, rows: Buffer.alloc(rowsBytes) };
}

it('reads the same with what is known of the runs as without, however little is kept', async () => {
  // The last one has so many segments that its rows are read one by one.
  const big = await runOf(300_000, 'big');
  const paths = [await runOf(10, 'small'), await runOf(3000, 'middle'), big];
  const roomy = new RunMemory();
  await read(paths, 0, roomy);
  expect(roomy.index(big)).toMatchObject({ rows: undefined });
  for (const memory of [roomy, new RunMemory(1000), new RunMemory(0)]) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const known = await read(paths, partition, memory);
      expect(known.equals(await read(paths, partition))).toBe(true);
    }
  }
});

it('reads an index once, and anew when a block is not as it says', async () => {
  const path = await runOf(3000, 'old');
  const memory = new RunMemory();
  await read([path], 0, memory);
  const known = memory.index(path);
  expect(known).toBeDefined();
  await read([path], 1, memory);
  expect(memory.index(path)).toBe(known);
  writeFileSync(path, readFileSync(await runOf(2000, 'new')));
  await expect(read([path], 2, memory)).rejects.toThrow(RunUnreadableError);
  expect(String(await read([path], 2, memory))).toContain('new-');
});

it('reads the short blocks that follow one with it', async () => {
  const path = await runOf(100, 'short');
  const expected: Buffer[] = [];
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    expected.push(await read([path], partition));
  }
  const memory = new RunMemory();
  await read([path], 1, memory);
  rmSync(path);
  for (let partition = 1; partition < PARTITIONS; partition += 1) {
    expect(await read([path], partition, memory)).toEqual(expected[partition]);
  }
  await expect(read([path], 0, memory)).rejects.toThrow(RunUnreadableError);
});

it('keeps what it has room for, and nothing of the job before', () => {
  const memory = new RunMemory(10_000);
  for (const name of ['a', 'b', 'c']) memory.keepIndex(`/job-1/${name}`, entry(4000));
  const isKept = (path: string): boolean => memory.index(path) !== undefined;
  expect(['/job-1/a', '/job-1/b', '/job-1/c'].map(isKept)).toEqual([true, true, false]);
  memory.forget('/job-1/a');
  memory.forget('/job-1/never');
  memory.keepIndex('/job-1/c', entry(4000));
  expect(['/job-1/a', '/job-1/b', '/job-1/c'].map(isKept)).toEqual([false, true, true]);
  memory.keepIndex('/job-2/a', entry(4000));
  memory.keepIndex('/job-2/b', entry(4000));
  const ofBoth = ['/job-1/b', '/job-1/c', '/job-2/a', '/job-2/b'];
  expect(ofBoth.map(isKept)).toEqual([false, false, true, true]);
});

it('keeps one window of a run, while there is room for it', () => {
  const memory = new RunMemory(6000);
  memory.keepWindow('/job-1/a', 12, Buffer.alloc(8));
  expect(memory.block('/job-1/a', 12, 8)).toBeUndefined();
  for (const name of ['a', 'b']) memory.keepIndex(`/job-1/${name}`, entry(400));
  memory.keepWindow('/job-1/a', 12, Buffer.from('abcdefgh'));
  expect(String(memory.block('/job-1/a', 14, 6))).toBe('cdefgh');
  expect(memory.block('/job-1/a', 14, 7)).toBeUndefined();
  expect(memory.block('/job-1/a', 11, 2)).toBeUndefined();
  expect(memory.block('/job-1/b', 12, 1)).toBeUndefined();
  memory.keepWindow('/job-1/a', 20, Buffer.alloc(4000));
  expect(memory.block('/job-1/a', 12, 8)).toBeUndefined();
  expect(memory.block('/job-1/a', 20, 4000)).toBeDefined();
  memory.keepWindow('/job-1/b', 12, Buffer.alloc(1000));
  expect(memory.block('/job-1/b', 12, 1)).toBeUndefined();
  memory.forget('/job-1/a');
  memory.keepWindow('/job-1/b', 12, Buffer.alloc(1000));
  expect(memory.block('/job-1/b', 12, 1)).toBeDefined();
});
