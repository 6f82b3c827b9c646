import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Combiner } from '../../src/shuffle/combiner.ts';
import { PartitionMerge } from '../../src/shuffle/partition-merge.ts';
import type { RunRef } from '../../src/shuffle/run-unreadable-error.ts';
import { checkJob, jobOf } from './check-job.ts';
import {
  PLAIN_RULES,
  plainLines,
  plainPartition,
  plainRecords,
  type PlainRecord,
} from './plain-shuffle.ts';
import { bulkyOutput, randomFrom, trickyOutput } from './random-output.ts';
import { drain, readPartition, sharedArena, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
const MIB = 1024 * 1024;
const rules = { ...PLAIN_RULES, sortValues: true };

/** A combiner program that gives back what it is given, with the values of each key reversed. */
const reversing: Combiner = {
  type: 'program',
  combine: async (_partition, input, emit) => {
    const groups = new Map<string, PlainRecord[]>();
    for (const record of plainRecords(drain(input))) {
      const group = groups.get(record.key);
      if (group === undefined) groups.set(record.key, [record]);
      else group.push(record);
    }
    await Promise.resolve();
    for (const records of groups.values()) {
      const bytes = plainLines(records.toReversed());
      emit(bytes.subarray(0, bytes.length >> 1));
      emit(bytes.subarray(bytes.length >> 1));
    }
  },
};

function expectedOf(text: string): string {
  return String(plainLines(plainPartition(plainRecords(Buffer.from(text)), 0, 1, rules)));
}

async function runOf(text: string, sortBufferBytes = MIB, combiner?: Combiner) {
  const options = { runPath: scratch.fresh('run'), partitions: 1, sortBufferBytes };
  const summary = await writeRun({ ...options, sortValues: true, ...(combiner && { combiner }) }, [
    Buffer.from(text),
  ]);
  return { run: { path: options.runPath, mapIndex: 0, attempt: 1 }, summary };
}

function mergeOf(runs: readonly RunRef[], maxSources = 64) {
  const options = { runs, partition: 0, partitions: 1, bufferBytes: MIB, maxSources };
  return { ...options, scratchDir: scratch.path(), sortValues: true, arena: sharedArena };
}

describe('map output with sorted values, merged', () => {
  it('is what a sort by key and value gives, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(jobOf(trickyOutput, rules), (job) => checkJob(job, scratch)),
      { numRuns: 60 },
    );
  });

  it('is what a sort by key and value gives, with many spills and merge passes', async () => {
    await fc.assert(
      fc.asyncProperty(jobOf(bulkyOutput, rules), (job) => checkJob(job, scratch)),
      { numRuns: 10 },
    );
  });

  it('is the same behind a combiner program that reverses the values of each key', async () => {
    const jobs = jobOf(fc.oneof(trickyOutput, bulkyOutput), rules);
    await fc.assert(
      fc.asyncProperty(jobs, (job) => checkJob(job, scratch, reversing)),
      { numRuns: 15 },
    );
  });

  it('has lines without a separator before those with an empty value, whatever the map', async () => {
    const runs: RunRef[] = [];
    for (const text of ['k\t\n', 'k\n', 'k\t\nk\t\0\n', 'k\n']) runs.push((await runOf(text)).run);
    for (const maxSources of [2, 64]) {
      const output = await readPartition(mergeOf(runs, maxSources));
      expect(String(output)).toBe('k\nk\nk\t\nk\t\nk\t\0\n');
    }
  });

  it('has records larger than the buffer in their places', async () => {
    const large = (end: string): string => `k\t${'m'.repeat(30_000)}${end}\n`;
    const text = `k\tn\n${large('2')}k\nk\tm\n${large('1')}k\t\n${large('2')}j\tz\nk\ta`;
    const { run } = await runOf(text, 16_384);
    const other = await runOf(`${large('15')}k\tmm\n`, 16_384);
    const output = await readPartition(mergeOf([run, other.run], 2));
    expect(String(output)).toBe(expectedOf(`${text}\n${large('15')}k\tmm\n`));
  });
});

describe('the values of one key', () => {
  const random = randomFrom(5);
  const orders: Readonly<Record<string, (place: number, count: number) => number>> = {
    'in order': (place) => place,
    'in reverse': (place, count) => count - place,
    'up and down': (place, count) => Math.min(place, count - place),
    'in no order': (_place, count) => random(count),
    'in waves': (place) => place % 1000,
  };

  it.each(Object.entries(orders))('are sorted in one table, given %s', async (_, valueAt) => {
    const count = 70_000;
    const values = Array.from({ length: count }, (_nothing, place) =>
      String(1e6 + valueAt(place, count)),
    );
    const { run, summary } = await runOf(`k\t${values.join('\nk\t')}\n`, 64 * MIB);
    expect(summary).toMatchObject({ segments: 1, groups: 1, records: count });
    const output = String(await readPartition(mergeOf([run])));
    expect(output === `k\t${values.toSorted().join('\nk\t')}\n`).toBe(true);
  });

  it('take one place for as many equal ones as there are', async () => {
    const text = 'k\tb\nk\ta\nk\nk\t\n'.repeat(10_000);
    const { run, summary } = await runOf(text);
    expect(summary).toMatchObject({ segments: 1, groups: 1, records: 40_000 });
    expect(summary.bytes).toBeLessThan(250);
    const expected = ['k\n', 'k\t\n', 'k\ta\n', 'k\tb\n'].map((line) => line.repeat(10_000));
    expect(String(await readPartition(mergeOf([run]))) === expected.join('')).toBe(true);
  });

  it('stream through the merge: a chunk comes before the rest of them is read', async () => {
    const runs: RunRef[] = [];
    for (let map = 0; map < 5; map++) {
      let text = '';
      for (let line = 0; line < 40_000; line++)
        text += `k\t${1e6 + (((line * 5 + map) * 3) % 2e5)}\n`;
      runs.push((await runOf(text, 64 * MIB)).run);
    }
    for (const maxSources of [64, 2]) {
      const merge = await PartitionMerge.open(mergeOf(runs, maxSources));
      const lines = merge.mergedLines();
      const first = lines.next()?.length ?? 0;
      expect(first).toBeLessThan(300_000);
      expect(merge.records).toBeLessThan(40_000);
      const rest = drain(lines);
      merge.close();
      expect(first + rest.length).toBe(200_000 * 10);
      expect([merge.records, merge.groups]).toEqual([200_000, 1]);
    }
  });

  it('of a combiner program go on in another segment when they are too many to sort', async () => {
    let text = 'a\t1\n';
    for (let line = 0; line < 900; line++) text += `k\tvalue ${1000 + line}\n`;
    text += `k\t${'x'.repeat(3000)}\nz\t1\n`;
    const { run, summary } = await runOf(text, 64 * 1024, reversing);
    expect(summary).toMatchObject({ spills: 0, records: 903, combineOutputRecords: 903 });
    expect(summary.segments).toBeGreaterThan(2);
    expect(String(await readPartition(mergeOf([run], 2)))).toBe(expectedOf(text));
  });
});
