import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEY_BYTES_MAX } from '../../src/shuffle/block-list.ts';
import { identity } from '../../src/shuffle/folds/identity.ts';
import { rangeBetween } from '../../src/shuffle/key-range.ts';
import { cutKeys, markDistance, RunSample } from '../../src/shuffle/key-sample.ts';
import { OpenRuns } from '../../src/shuffle/open-runs.ts';
import { RunFile } from '../../src/shuffle/run-file.ts';
import type { MapOutputOptions } from '../../src/shuffle/map-output.ts';
import type { RunRef } from '../../src/shuffle/run-unreadable-error.ts';
import {
  PLAIN_RULES,
  type PlainRecord,
  plainLines,
  plainPartition,
  plainRecords,
} from './plain-shuffle.ts';
import { bulkyOutput, randomFrom, trickyOutput } from './random-output.ts';
import { readPartition, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();

interface Reading {
  readonly sortValues?: boolean;
  readonly maxSources: number;
  readonly bufferBytes: number;
}
const reading: fc.Arbitrary<Reading> = fc.record({
  sortValues: fc.boolean(),
  maxSources: fc.constantFrom(2, 3, 64),
  bufferBytes: fc.constantFrom(64, 4096, 1_000_000),
});

/** Keys that agree up to or beyond what a list of blocks keeps of them. */
const longKeys: fc.Arbitrary<Uint8Array> = fc
  .record({ seed: fc.integer(), lines: fc.integer({ min: 1, max: 40 }) })
  .map(({ seed, lines }) => {
    const random = randomFrom(seed);
    const text = Array.from({ length: lines }, () => {
      const common = 'k'.repeat(KEY_BYTES_MAX - 2 + random(4));
      return `${common}${'abc'[random(3)] ?? ''}${'z'.repeat(random(900))}${random(9)}\tv${random(3)}\n`;
    });
    return Buffer.from(text.join(''));
  });

const anyOutput = fc.oneof(trickyOutput, bulkyOutput, longKeys);

async function writeRuns(
  maps: readonly (readonly Uint8Array[])[],
  options: Partial<MapOutputOptions> = {},
): Promise<readonly RunRef[]> {
  const runs: RunRef[] = [];
  for (const [mapIndex, programs] of maps.entries()) {
    const path = scratch.fresh('run');
    const ordered = { runPath: path, partitions: 1, isOrdered: true, sortBufferBytes: 16_384 };
    await writeRun({ ...ordered, ...options }, programs);
    runs.push({ path, mapIndex, attempt: 1 });
  }
  return runs;
}

/** All records, sorted by key, and stable or by value. */
function sorted(maps: readonly (readonly Uint8Array[])[], sortValues = false): PlainRecord[] {
  const records = maps.flat().flatMap((bytes) => plainRecords(bytes));
  return plainPartition(records, 0, 1, { ...PLAIN_RULES, sortValues });
}

function readRange(
  runs: readonly RunRef[],
  cuts: readonly Uint8Array[],
  index: number,
  options: Reading = { maxSources: 64, bufferBytes: 1_000_000 },
): Promise<Buffer> {
  const range = rangeBetween(cuts, index);
  const scratchDir = scratch.path();
  return readPartition({ runs, partition: 0, partitions: 1, range, scratchDir, ...options });
}

async function expectRanges(
  runs: readonly RunRef[],
  cuts: readonly Uint8Array[],
  records: readonly PlainRecord[],
  options?: Reading,
): Promise<void> {
  // One range more than the cuts make: a reduce for which there are no keys.
  for (let index = 0; index <= cuts.length + 1; index++) {
    // In latin1, as the records are: code units compare like bytes.
    const [from, to] = [cuts[index - 1], cuts[index]].map(
      (cut) => cut && Buffer.from(cut).toString('latin1'),
    );
    const wanted = records.filter(
      ({ key }) =>
        index <= cuts.length &&
        (from === undefined || key >= from) &&
        (to === undefined || key < to),
    );
    const lines = await readRange(runs, cuts, index, options);
    expect(lines.equals(plainLines(wanted))).toBe(true);
  }
}

/** Cuts as the Manager makes them. */
function sampledCuts(runs: readonly RunRef[], totalBytes: number, ranges: number): Uint8Array[] {
  const sample = runs.flatMap(({ path }, index) => {
    const start = (totalBytes / runs.length) * index;
    const one = new RunSample(start, markDistance(totalBytes));
    const open = new OpenRuns();
    const file = new RunFile(path, open, (reason) => new Error(reason));
    for (const blocks of file.readSegments((all) => [...all])) one.add(blocks);
    open.closeAll();
    return one.keys;
  });
  return cutKeys(sample, ranges);
}

describe('ranges of ordered runs', () => {
  it('have exactly their keys, wherever the cuts are', async () => {
    const job = fc.record({
      maps: fc.array(fc.array(anyOutput, { maxLength: 2 }), { maxLength: 4 }),
      reading,
      seed: fc.integer(),
      strange: fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(job, async ({ maps, reading: options, seed, strange }) => {
        const { sortValues = false } = options;
        const records = sorted(maps, sortValues);
        const random = randomFrom(seed);
        // Keys, beginnings of keys, keys with something added, and bytes of no key.
        const cuts: Uint8Array[] = [...strange];
        for (let count = 0; count < 3 && records.length > 0; count++) {
          const key = Buffer.from(records[random(records.length)]?.key ?? '', 'latin1');
          cuts.push(key, key.subarray(0, random(key.length + 1)));
          if (random(2) === 0) cuts.push(Buffer.concat([key, Buffer.of(random(256))]));
        }
        const ascending = cuts.toSorted((a, b) => Buffer.compare(a, b));
        const distinct = ascending.filter(
          (cut, place) => place === 0 || Buffer.compare(cut, ascending[place - 1] ?? cut) > 0,
        );
        await expectRanges(await writeRuns(maps, { sortValues }), distinct, records, options);
      }),
      { numRuns: 35 },
    );
  });

  it('are the whole in order behind a combiner, built in or a program', async () => {
    const maps = fc.array(fc.array(anyOutput, { maxLength: 2 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(maps, async (outputs) => {
        const records = sorted(outputs);
        const builtin = await writeRuns(outputs, {
          combiner: { type: 'builtin', name: 'identity' },
        });
        const cuts = sampledCuts(builtin, 20_000, 3);
        await expectRanges(builtin, cuts, records);
        const program = await writeRuns(outputs, {
          combiner: {
            type: 'program',
            combine(_partition, input, emit) {
              for (let chunk = input.next(); chunk !== undefined; chunk = input.next())
                emit(new Uint8Array(chunk));
              return Promise.resolve();
            },
          },
        });
        await expectRanges(program, cuts, records);
      }),
      { numRuns: 15 },
    );
  });

  it('are even for random keys, over many segments and runs', async () => {
    const random = randomFrom(7);
    const outputs = Array.from({ length: 4 }, () => {
      const lines = Array.from(
        { length: 8000 },
        () => `${String(random(2 ** 30))}${'x'.repeat(90)}`,
      );
      return [Buffer.from(`${lines.join('\n')}\n`)];
    });
    const runs = await writeRuns(outputs, { sortBufferBytes: 300_000 });
    const cuts = sampledCuts(runs, 3_300_000, 7);
    expect(cuts).toHaveLength(6);
    const lengths: number[] = [];
    for (let index = 0; index < 7; index++)
      lengths.push((await readRange(runs, cuts, index)).length);
    const mean = lengths.reduce((sum, length) => sum + length) / 7;
    for (const length of lengths) expect(Math.abs(length / mean - 1)).toBeLessThan(0.1);
  });

  it('are read with one source for each segment, and folded like any partition', async () => {
    const lines = Array.from(
      { length: 50_000 },
      (_, line) => `${String((line * 7919) % 50_000)}\n`,
    );
    const runs = await writeRuns([[Buffer.from(lines.join(''))]], { sortBufferBytes: 2 ** 24 });
    const open = new OpenRuns();
    const file = new RunFile(runs[0]?.path ?? '', open, (reason) => new Error(reason));
    const segments = file.readSegments((blocks) => [...blocks]);
    open.closeAll();
    expect(segments.map((blocks) => blocks.length > 20)).toEqual([true]);
    const cuts = [Buffer.from('3'), Buffer.from('41')];
    const options = {
      runs,
      partition: 0,
      partitions: 1,
      range: rangeBetween(cuts, 1),
      scratchDir: '/nowhere',
      maxSources: 2,
      bufferBytes: 4096,
    };
    const wanted = lines.filter((line) => line >= '3' && line < '41').toSorted();
    for (const kind of ['mergedLines', 'foldedLines'] as const) {
      const text = await readPartition(options, (merge) =>
        kind === 'mergedLines' ? merge.mergedLines() : merge.foldedLines(identity),
      );
      expect(String(text)).toBe(wanted.join(''));
    }
  });

  it('take records larger than every window, cut off or not', async () => {
    const large = (letter: string): string => `${letter.repeat(90_000)}\t${'v'.repeat(200_000)}\n`;
    const runs = await writeRuns([[Buffer.from(large('b') + large('a') + large('c'))]]);
    const cuts = [Buffer.from('a'.repeat(90_000)), Buffer.from(`${'b'.repeat(90_000)}!`)];
    const options = { maxSources: 2, bufferBytes: 1000 };
    expect(String(await readRange(runs, cuts, 0, options))).toBe('');
    expect(String(await readRange(runs, cuts, 1, options))).toBe(large('a') + large('b'));
    expect(String(await readRange(runs, cuts, 2, options))).toBe(large('c'));
  });
});
