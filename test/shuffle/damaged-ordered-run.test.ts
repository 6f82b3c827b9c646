import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rangeBetween } from '../../src/shuffle/key-range.ts';
import { PartitionMerge } from '../../src/shuffle/partition-merge.ts';
import { RunUnreadableError } from '../../src/shuffle/run-unreadable-error.ts';
import { readPartition, sharedArena, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
/** Cuts within blocks, so that all ranges have edges with keys of others. */
const CUTS = [Buffer.from('key 0021'), Buffer.from('key 0047x'), Buffer.from('key 0048')];
const CHUNK_BYTES = 256 * 1024;
const RANGES = CUTS.length + 1;

/** What a reader of a range is given, and the error in place of an end. */
async function outcome(path: string, index: number, bufferBytes = 100) {
  const pieces: Buffer[] = [];
  let merge: PartitionMerge | undefined;
  try {
    merge = await PartitionMerge.open({
      runs: [{ path, mapIndex: 12, attempt: 2 }],
      partition: 0,
      partitions: 1,
      range: rangeBetween(CUTS, index),
      bufferBytes,
      scratchDir: scratch.path(),
      arena: sharedArena,
    });
    const lines = merge.mergedLines();
    for (let chunk = lines.next(); chunk !== undefined; chunk = lines.next())
      pieces.push(Buffer.from(chunk));
    return { output: Buffer.concat(pieces), error: undefined };
  } catch (error) {
    return { output: Buffer.concat(pieces), error };
  } finally {
    merge?.close();
  }
}

describe('a damaged ordered run', () => {
  let path = '';
  let whole: Buffer;
  const good: Buffer[] = [];

  beforeAll(async () => {
    path = scratch.fresh('run');
    const lines = Array.from({ length: 60 }, (_, index) => {
      const number = String((index * 37) % 60).padStart(4, '0');
      return `key ${number}\tvalue ${'.'.repeat(40)}${number}\n`;
    });
    const options = { runPath: path, partitions: 1, isOrdered: true, sortBufferBytes: 16_384 };
    await writeRun(options, [Buffer.from(lines.join(''))]);
    whole = readFileSync(path);
    for (let index = 0; index < RANGES; index++) {
      const { output, error } = await outcome(path, index);
      expect(error).toBeUndefined();
      good.push(output);
    }
    expect(good.map((output) => output.length > 0)).toEqual([true, true, false, true]);
  });

  it('is noticed wherever a byte has changed, by those who read it, before their last byte', async () => {
    // Every byte of what surrounds the blocks, and many of theirs.
    const indexBytes = 400;
    for (let at = 0; at < whole.length; at += at < whole.length - indexBytes ? 13 : 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x20;
      writeFileSync(path, damaged);
      let failed = 0;
      for (const [index, expected] of good.entries()) {
        const { output, error } = await outcome(path, index);
        if (error === undefined) {
          expect(output.equals(expected), `byte ${String(at)}`).toBe(true);
          continue;
        }
        failed++;
        expect(error).toBeInstanceOf(RunUnreadableError);
        expect(output.length < expected.length || expected.length === 0).toBe(true);
      }
      expect(failed, `byte ${String(at)}`).toBeGreaterThan(0);
    }
  });

  it('is noticed wherever it was cut short', async () => {
    for (let length = 0; length < whole.length; length += 29) {
      writeFileSync(path, whole.subarray(0, length));
      for (let index = 0; index < RANGES; index++)
        expect((await outcome(path, index)).error).toBeInstanceOf(RunUnreadableError);
    }
  });

  it('is not read as a run of another kind, nor the other way round', async () => {
    writeFileSync(path, whole);
    const options = { bufferBytes: 1000, scratchDir: scratch.path(), partition: 0, partitions: 1 };
    const runs = [{ path, mapIndex: 0, attempt: 1 }];
    await expect(readPartition({ ...options, runs })).rejects.toThrow(
      'its keys are not partitioned by hash',
    );
    const plain = scratch.fresh('run');
    await writeRun({ runPath: plain, partitions: 1, sortBufferBytes: 16_384 }, [
      Buffer.from('a\n'),
    ]);
    expect(String((await outcome(plain, 0)).error)).toContain('its keys are partitioned by hash');
  });

  it('is noticed in keys of the next range, even when the last chunk is full without them', async () => {
    const long = scratch.fresh('run');
    // Exactly one chunk of lines, few bytes in the run.
    const lines = 'a\n'.repeat(CHUNK_BYTES / 2);
    const options = { runPath: long, partitions: 1, isOrdered: true, sortBufferBytes: 16_384 };
    await writeRun(options, [Buffer.from(`${lines}b\t${'w'.repeat(900)}\n`)]);
    const bytes = readFileSync(long);
    bytes[bytes.indexOf('wwww') + 800] = 0;
    writeFileSync(long, bytes);
    const range = { from: Buffer.from('a'), to: Buffer.from('b') };
    const merge = await PartitionMerge.open({
      runs: [{ path: long, mapIndex: 0, attempt: 1 }],
      ...{ partition: 0, partitions: 1, range },
      ...{ bufferBytes: 100, scratchDir: scratch.path(), arena: sharedArena },
    });
    try {
      expect(() => merge.mergedLines().next()).toThrow(RunUnreadableError);
    } finally {
      merge.close();
    }
  });
});
