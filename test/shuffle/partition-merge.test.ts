import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identity } from '../../src/shuffle/folds/identity.ts';
import { PartitionMerge } from '../../src/shuffle/partition-merge.ts';
import type { PartitionMergeOptions } from '../../src/shuffle/partition-merge.ts';
import type { RunRef } from '../../src/shuffle/run-unreadable-error.ts';
import { drain, readPartition, sharedArena, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();

async function runOf(text: string, mapIndex: number, sortBufferBytes = 1_048_576): Promise<RunRef> {
  const path = scratch.fresh('run');
  await writeRun({ runPath: path, partitions: 1, sortBufferBytes }, [Buffer.from(text)]);
  return { path, mapIndex, attempt: 3 };
}

function optionsFor(runs: readonly RunRef[]): PartitionMergeOptions {
  const scratchDir = mkdtempSync(join(scratch.path(), 'merge-'));
  return { runs, partition: 0, partitions: 1, bufferBytes: 1_048_576, scratchDir };
}

const large = (letter: string): string => `${letter.repeat(90_000)}\t${'v'.repeat(200_000)}\n`;

function openFiles(): string[] {
  return readdirSync('/proc/self/fd');
}

describe('the merge of a partition', () => {
  it('takes values of a key by map task, then as emitted, over all passes', async () => {
    const runs: RunRef[] = [];
    let expected = '';
    for (let map = 0; map < 23; map++) {
      runs.push(await runOf(`b\t${map}\na\t${map}\na\tmore\n`, map));
      expected += `a\t${map}\na\tmore\n`;
    }
    for (let map = 0; map < 23; map++) expected += `b\t${map}\n`;
    for (const maxSources of [2, 3, 5, 22, 23, 64]) {
      const options = { ...optionsFor(runs), maxSources };
      expect(String(await readPartition(options))).toBe(expected);
      expect(readdirSync(options.scratchDir)).toEqual([]);
    }
  });

  it('holds one descriptor for all segments of a run, and none afterwards', async () => {
    let text = '';
    for (let line = 0; line < 30_000; line++) text += `${(line * 7919) % 30_000}\tx\n`;
    const run = await runOf(text, 0, 131_072);
    const before = openFiles().length;
    const options = { ...optionsFor([run]), bufferBytes: 250_000, arena: sharedArena };
    const merge = await PartitionMerge.open(options);
    expect(openFiles().length).toBe(before + 1);
    merge.close();
    merge.close();
    expect(openFiles().length).toBe(before);
  });

  it('holds 64 descriptors at most, for more runs than that', async () => {
    const runs: RunRef[] = [];
    const value = 'v'.repeat(300);
    for (let map = 0; map < 80; map++) {
      let text = '';
      for (let line = 0; line < 100; line++) text += `${map}-${line}\t${value}\n`;
      runs.push(await runOf(text, map));
    }
    const before = openFiles().length;
    const options = { ...optionsFor(runs), bufferBytes: 80 * 16 * 1024, arena: sharedArena };
    const merge = await PartitionMerge.open(options);
    const lines = merge.mergedLines();
    expect(openFiles().length).toBe(before + 64);
    expect(drain(lines).length).toBeGreaterThan(80 * 100 * 300);
    expect([merge.records, openFiles().length]).toEqual([8000, before]);
    expect(readdirSync(options.scratchDir)).toEqual([]);
    merge.close();
  });

  it('streams a key with two million values in chunks of bounded size', async () => {
    const pattern = Buffer.from('the\t1\n'.repeat(100_000));
    const path = scratch.fresh('run');
    const programs = Array.from({ length: 20 }, () => pattern);
    await writeRun({ runPath: path, partitions: 1, sortBufferBytes: 16_384 }, programs);
    const options = { ...optionsFor([{ path, mapIndex: 0, attempt: 1 }]), arena: sharedArena };
    for (const kind of ['merged', 'folded'] as const) {
      const merge = await PartitionMerge.open(options);
      const lines = kind === 'merged' ? merge.mergedLines() : merge.foldedLines(identity);
      let largest = 0;
      for (let chunk = lines.next(); chunk !== undefined; chunk = lines.next()) {
        largest = Math.max(largest, chunk.length);
        expect(pattern.subarray(0, chunk.length).equals(chunk)).toBe(true);
      }
      merge.close();
      expect(largest).toBeLessThan(300_000);
      expect(lines.bytes).toBe(12_000_000);
      expect([merge.records, merge.groups]).toEqual([2_000_000, 1]);
    }
  });

  it('reads records far larger than its windows, in every pass', async () => {
    const runs = [
      await runOf(large('b') + large('a'), 0, 16_384),
      await runOf(large('a') + large('c'), 1, 16_384),
    ];
    const options = { ...optionsFor(runs), maxSources: 2, bufferBytes: 1000 };
    const expected = large('a') + large('a') + large('b') + large('c');
    expect((await readPartition(options)).equals(Buffer.from(expected))).toBe(true);
  });

  it('stops between passes when it is cancelled, and leaves nothing behind', async () => {
    const runs = [];
    for (let map = 0; map < 5; map++) runs.push(await runOf('a\t1\n', map));
    const before = openFiles().length;
    const cancelled = new Error('cancelled');
    const options = { ...optionsFor(runs), maxSources: 2, signal: AbortSignal.abort(cancelled) };
    await expect(readPartition(options)).rejects.toBe(cancelled);
    expect(readdirSync(options.scratchDir)).toEqual([]);
    expect(openFiles().length).toBe(before);
  });

  it('gives nothing for a partition without records, and for no runs at all', async () => {
    expect((await readPartition(optionsFor([]))).length).toBe(0);
    expect((await readPartition(optionsFor([await runOf('', 0)]))).length).toBe(0);
  });
});
