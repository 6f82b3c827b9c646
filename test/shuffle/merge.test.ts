import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identity } from '../../src/shuffle/folds/identity.ts';
import type { PartitionMerge } from '../../src/shuffle/partition-merge.ts';
import { RunWriter } from '../../src/shuffle/run-writer.ts';
import type { RunRef } from '../../src/shuffle/run-unreadable-error.ts';
import { readPartition } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
const MIB = 1024 * 1024;

interface Item {
  /** As latin1; undefined for a record without a value. */
  readonly value: string | undefined;
  readonly times: number;
}
interface Group {
  readonly key: string;
  readonly items: readonly Item[];
}

/** Order by bytes; JavaScript compares strings by code units, which in latin1 are the bytes. */
function byKey(a: Group, b: Group): number {
  return a.key < b.key ? -1 : 1;
}

/** A record without a value comes first. */
function byValue(a: Item, b: Item): number {
  if (a.value === b.value) return 0;
  if (a.value === undefined) return -1;
  return b.value === undefined || a.value > b.value ? 1 : -1;
}

function writeRun(groups: readonly Group[], mapIndex: number): RunRef {
  const path = scratch.fresh('run');
  const run = new RunWriter(path, 1);
  run.beginSegment();
  run.beginBlock(0);
  for (const { key, items } of groups.toSorted(byKey)) {
    run.beginGroup(Buffer.from(key, 'latin1'), 0, key.length);
    for (const { value, times } of items) {
      if (value === undefined) run.bare(times);
      else run.value(Buffer.from(value, 'latin1'), 0, value.length, times);
    }
    run.endGroup();
  }
  run.endBlock();
  run.finish();
  return { path, mapIndex, attempt: 1 };
}

/** What the merge of some runs is, the slow and obvious way. */
function plainMerge(runs: readonly (readonly Group[])[], sortsValues: boolean): string {
  const all = new Map<string, Item[]>();
  for (const { key, items } of runs.flat()) all.set(key, [...(all.get(key) ?? []), ...items]);
  const groups = [...all].map(([key, items]) => ({ key, items })).toSorted(byKey);
  return groups
    .flatMap(({ key, items }) =>
      (sortsValues ? items.toSorted(byValue) : items).map(({ value, times }) =>
        (value === undefined ? `${key}\n` : `${key}=>${value}\n`).repeat(times),
      ),
    )
    .join('');
}

const SEPARATOR = Buffer.from('=>');

/** The ways out of a merge. */
const WAYS: Readonly<Record<string, (merge: PartitionMerge) => ReturnType<typeof takeLines>>> = {
  lines: (merge) => merge.mergedLines(),
  folds: (merge) => merge.foldedLines(identity),
};

function takeLines(merge: PartitionMerge) {
  return merge.mergedLines();
}

/** Few letters, so that keys and values begin alike and are each other's beginnings. */
function text(maxLength: number): fc.Arbitrary<string> {
  const letters = fc.string({ unit: fc.constantFrom('\0', 'a', '\xff'), maxLength: 4 });
  const prefix = fc.constantFrom('', '', 'seven b', 'eight by', 'a prefix longer than sixteen');
  const tail = fc.oneof(
    letters,
    fc.nat(maxLength).map((length) => 'x'.repeat(length)),
  );
  return fc.tuple(prefix, tail).map((parts) => parts.join(''));
}

const item: fc.Arbitrary<Item> = fc.record({
  value: fc.oneof(text(40), fc.constant(undefined)),
  times: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 }), fc.constantFrom(127, 128, 300)),
});
const group: fc.Arbitrary<Group> = fc.record({
  key: text(150),
  items: fc.array(item, { minLength: 1, maxLength: 5 }),
});
const run = fc.uniqueArray(group, { selector: ({ key }) => key, maxLength: 12 });

describe('a merge', () => {
  it('gives each key once with all its values, however little fits into a window', async () => {
    const job = fc.record({
      runs: fc.array(run, { maxLength: 6 }),
      bufferBytes: fc.oneof(fc.nat(100), fc.constant(MIB)),
      maxSources: fc.constantFrom(2, 3, 100),
      way: fc.constantFrom(...Object.keys(WAYS)),
      sortValues: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(job, async ({ runs, way, sortValues, ...options }) => {
        const inputs = sortValues ? runs.map((groups) => groups.map(withSortedValues)) : runs;
        const refs = inputs.map(writeRun);
        const output = await readPartition(
          {
            ...{ runs: refs, partition: 0, partitions: 1, scratchDir: scratch.path() },
            ...{ shape: { separator: SEPARATOR, keyFields: 1 }, sortValues, ...options },
          },
          WAYS[way],
        );
        expect(output.toString('latin1')).toBe(plainMerge(inputs, sortValues));
      }),
      { numRuns: 150 },
    );
  });

  it('is the same for windows of every size', async () => {
    const value = 'a value of some bytes';
    const items = [{ value, times: 1 }, ...[1, 130, 300].map((times) => ({ value, times }))];
    const keys = ['', '\0', 'k', 'key', 'key of many more bytes than a prefix'];
    const runs = [keys, keys.slice(2), keys.slice(0, 4)].map((some) =>
      some.map((key) => ({ key, items })),
    );
    const refs = runs.map(writeRun);
    const expected = plainMerge(runs, false);
    const options = { runs: refs, partition: 0, partitions: 1, scratchDir: scratch.path() };
    const shape = { separator: SEPARATOR, keyFields: 1 };
    for (let bufferBytes = 0; bufferBytes < 200; bufferBytes++) {
      const output = await readPartition({ ...options, shape, bufferBytes, maxSources: 3 });
      expect(output.toString('latin1') === expected, `${String(bufferBytes)} bytes`).toBe(true);
    }
  });

  it.each([1, 8, 15, 16, 17, 100, 4000, 4095, 4096, 4097, 100_000, 600_000])(
    'repeats a line of %i bytes over chunks',
    async (length) => {
      const times = Math.ceil(1_500_000 / length);
      const key = 'k'.repeat(length - 1);
      const groups = [
        { key, items: [{ value: undefined, times }] },
        { key: 'z', items: [{ value: 'last', times: 1 }] },
      ];
      const runs = [writeRun(groups, 0), writeRun(groups, 1)];
      const options = { runs, partition: 0, partitions: 1, scratchDir: scratch.path() };
      const output = await readPartition({ ...options, bufferBytes: MIB });
      const expected = `${`${key}\n`.repeat(2 * times)}z\tlast\nz\tlast\n`;
      expect(String(output) === expected).toBe(true);
    },
  );

  it('takes a value of 64 MiB', async () => {
    const values = ['v'.repeat(64 * MIB), 'w'];
    const runs = values.map((value, index) =>
      writeRun([{ key: 'k', items: [{ value, times: 1 }] }], index),
    );
    const options = { runs, partition: 0, partitions: 1, scratchDir: scratch.path() };
    const output = await readPartition({ ...options, bufferBytes: 4 * MIB });
    expect(output.equals(Buffer.from(`k\t${values.join('\nk\t')}\n`))).toBe(true);
  });
});

function withSortedValues({ key, items }: Group): Group {
  return { key, items: items.toSorted(byValue) };
}
