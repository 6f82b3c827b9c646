import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../src/shuffle/arena.ts';
import { MapOutput } from '../../src/shuffle/map-output.ts';
import { plainLines, plainPartition, plainRecords } from './plain-shuffle.ts';
import { randomFrom } from './random-output.ts';
import { readPartition, sharedArena, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
const MIB = 1024 * 1024;

function distinctLines(lines: number): Buffer {
  const random = randomFrom(lines);
  let text = '';
  for (let line = 0; line < lines; line++) text += `key-${random(1e9)}\tvalue ${line}\n`;
  return Buffer.from(text);
}

function readAll(path: string, partition = 0, partitions = 1): Promise<Buffer> {
  return readPartition({
    runs: [{ path, mapIndex: 0, attempt: 1 }],
    partition,
    partitions,
    bufferBytes: MIB,
    scratchDir: scratch.path(),
  });
}

describe('map output', () => {
  it('spills when the buffer is full, and not at all when everything fits', async () => {
    const lines = distinctLines(40_000);
    const small = { runPath: scratch.fresh('run'), partitions: 3, sortBufferBytes: MIB };
    const spilled = await writeRun(small, [lines]);
    expect(spilled.spills).toBeGreaterThanOrEqual(2);
    expect(spilled.segments).toBe(spilled.spills + 1);

    const large = { runPath: scratch.fresh('run'), partitions: 3, sortBufferBytes: 1024 * MIB };
    const kept = await writeRun(large, [lines]);
    expect(kept).toMatchObject({ spills: 0, segments: 1, records: 40_000, inputRecords: 40_000 });
    expect(kept.inputBytes).toBe(lines.length);
    expect(kept.bytes).toBe(statSync(large.runPath).size);
    for (let partition = 0; partition < 3; partition++) {
      const lines1 = await readAll(small.runPath, partition, 3);
      expect(lines1.equals(await readAll(large.runPath, partition, 3))).toBe(true);
    }
  });

  it('takes the memory of one key for a word that comes a million times', async () => {
    const options = { runPath: scratch.fresh('run'), partitions: 1, sortBufferBytes: 16_384 };
    const lines = Buffer.from('the\t1\n'.repeat(100_000));
    const summary = await writeRun(
      options,
      Array.from({ length: 10 }, () => lines),
    );
    expect(summary).toMatchObject({ spills: 0, segments: 1, groups: 1, records: 1_000_000 });
    expect(summary.bytes).toBeLessThan(200);
  });

  it('counts bytes and records for each partition', async () => {
    const options = { runPath: scratch.fresh('run'), partitions: 5, sortBufferBytes: MIB };
    const lines = distinctLines(5000);
    const summary = await writeRun(options, [lines]);
    const expected = [0, 1, 2, 3, 4].map(
      (partition) => plainPartition(plainRecords(lines), partition, 5).length,
    );
    expect(summary.partitionRecords).toEqual(expected);
    expect(summary.partitionBytes.every((bytes) => bytes > 1000)).toBe(true);
  });

  it('makes a readable run of no output at all', async () => {
    const options = { runPath: scratch.fresh('run'), partitions: 2, sortBufferBytes: MIB };
    const summary = await writeRun(options, []);
    expect(summary).toMatchObject({ spills: 0, segments: 0, records: 0, inputRecords: 0 });
    expect((await readAll(options.runPath, 1, 2)).length).toBe(0);
  });

  it('never glues the outputs of two programs together', async () => {
    const options = { runPath: scratch.fresh('run'), partitions: 1, sortBufferBytes: MIB };
    await writeRun(options, [Buffer.from('b\t1'), Buffer.from(''), Buffer.from('a\t2')]);
    expect(String(await readAll(options.runPath))).toBe('a\t2\nb\t1\n');
  });

  it('keeps records larger than the buffer in their place, and spills before them', async () => {
    const options = { runPath: scratch.fresh('run'), partitions: 1, sortBufferBytes: 16_384 };
    const largeValue = `k\t${'x'.repeat(50_000)}\n`;
    const largeKey = `${'k'.repeat(300_000)}\n`;
    const text = `k\tfirst\n${largeValue}k\tthen\n${largeKey}${largeValue}k\tlast\n`;
    const summary = await writeRun(options, [Buffer.from(text)], [7000]);
    expect(summary).toMatchObject({ spills: 2, segments: 6, records: 6, inputRecords: 6 });
    const expected = plainLines(plainPartition(plainRecords(Buffer.from(text)), 0, 1));
    expect((await readAll(options.runPath)).equals(expected)).toBe(true);
  });

  it('fails by name on a record over the limit, in one chunk or in many', async () => {
    const lines = Buffer.from(`fits\n${'y'.repeat(101)}\n`);
    for (const chunkLengths of [[1000], [10], [1]]) {
      const options = {
        runPath: scratch.fresh('run'),
        partitions: 1,
        sortBufferBytes: MIB,
        maxRecordBytes: 100,
      };
      await expect(writeRun(options, [lines], chunkLengths)).rejects.toThrow(
        expect.objectContaining({ name: 'RecordTooLongError' }),
      );
      expect(existsSync(options.runPath)).toBe(false);
      const exact = { ...options, maxRecordBytes: 101 };
      expect((await writeRun(exact, [lines], chunkLengths)).records).toBe(2);
    }
  });

  it('refuses more than 3 GiB and says why', () => {
    const runPath = scratch.fresh('run');
    const make = (sortBufferBytes: number) =>
      new MapOutput({ runPath, partitions: 1, sortBufferBytes });
    expect(() => make(3 * 1024 * MIB + 1)).toThrow(/3 GiB .* cannot be addressed/);
    expect(() => make(100)).toThrow(RangeError);
    expect(existsSync(runPath)).toBe(false);
  });

  it('works in memory beyond 2 GiB', async () => {
    const options = { runPath: scratch.fresh('run'), partitions: 1 };
    const lines = distinctLines(1000);
    // Slots lie at the end of the budget, so that their addresses are the largest there are.
    await writeRun({ ...options, sortBufferBytes: 3 * 1024 * MIB }, [lines]);
    const expected = plainLines(plainPartition(plainRecords(lines), 0, 1));
    expect((await readAll(options.runPath)).equals(expected)).toBe(true);
  });

  it('removes its file when it is given up, and gives the memory back', () => {
    const runPath = scratch.fresh('run');
    const arena = new Arena();
    const options = { runPath, partitions: 1, sortBufferBytes: MIB, arena };
    const output = new MapOutput(options);
    expect(() => new MapOutput({ ...options, runPath: scratch.fresh('run') })).toThrow(/one task/);
    void output.write(Buffer.from('a\n'));
    output.abort();
    output.abort();
    expect(existsSync(runPath)).toBe(false);
    new MapOutput(options).abort();
  });

  it('never overwrites a run', async () => {
    const options = { runPath: scratch.fresh('run'), partitions: 1, sortBufferBytes: MIB };
    await writeRun(options, [Buffer.from('a\n')]);
    const before = readFileSync(options.runPath);
    expect(() => new MapOutput({ ...options, arena: sharedArena })).toThrow(/EEXIST/);
    expect(readFileSync(options.runPath).equals(before)).toBe(true);
  });
});
