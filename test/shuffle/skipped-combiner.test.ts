import { describe, expect, it } from 'vitest';
import type { Combiner } from '../../src/shuffle/combiner.ts';
import { type BuiltinName, reducerFold } from '../../src/shuffle/folds/builtins.ts';
import type { MapOutputSummary } from '../../src/shuffle/map-output.ts';
import { randomFrom } from './random-output.ts';
import { drain, readPartition, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
/** Small enough for several spills, large enough for thousands of records in each. */
const BUFFER_BYTES = 256 * 1024;

interface Combined {
  readonly summary: MapOutputSummary;
  /** What the reducer gives, or the merged lines without one. */
  readonly lines: readonly string[];
}

async function combined(
  lines: readonly string[],
  combiner: Combiner,
  reducer?: BuiltinName,
  sortValues = false,
): Promise<Combined> {
  const runPath = scratch.fresh('run');
  const options = { runPath, partitions: 1, sortBufferBytes: BUFFER_BYTES, combiner, sortValues };
  const summary = await writeRun(options, [Buffer.from(lines.map((line) => `${line}\n`).join(''))]);
  const merge = {
    runs: [{ path: runPath, mapIndex: 0, attempt: 1 }],
    ...{ partition: 0, partitions: 1, bufferBytes: 1024 * 1024, scratchDir: scratch.path() },
    sortValues,
  };
  const name = combiner.type === 'builtin' ? combiner.name : undefined;
  const fold = reducer && reducerFold(reducer, name);
  const bytes = await readPartition(merge, (opened) =>
    fold === undefined ? opened.mergedLines() : opened.foldedLines(fold),
  );
  return { summary, lines: bytes.toString('latin1').split('\n').slice(0, -1) };
}

/** A program that answers with what `answer` makes of its lines, and how often it was started. */
function program(answer: (lines: string, start: number) => string) {
  const starts = { count: 0 };
  const combiner: Combiner = {
    type: 'program',
    combine: (_partition, input, emit) => {
      starts.count++;
      emit(Buffer.from(answer(drain(input).toString('latin1'), starts.count), 'latin1'));
      return Promise.resolve();
    },
  };
  return { combiner, starts };
}

/** Each key once, in no order. */
function uniqueLines(count: number): string[] {
  const lines = Array.from({ length: count }, (_, index) => `${(index * 7919) % count}\t5`);
  expect(new Set(lines).size).toBe(count);
  return lines;
}

/** Keys that each segment has several times, and values that tell records apart. */
function repeatingLines(count: number): string[] {
  const random = randomFrom(count);
  return Array.from({ length: count }, (_, index) => `${random(1000)}\t${index}`);
}

/** Without a record for each line: the first of each key. */
function firstOfEachKey(lines: string): string {
  const firsts = new Map<string, string>();
  for (const line of lines.split('\n').slice(0, -1)) {
    const key = line.slice(0, line.indexOf('\t'));
    if (!firsts.has(key)) firsts.set(key, line);
  }
  return [...firsts.values()].join('\n');
}

function sortedByKey(lines: readonly string[]): string[] {
  const keyed = lines.map((line) => ({ line, key: line.slice(0, line.indexOf('\t')) }));
  const sorted = keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return sorted.map(({ line }) => line);
}

describe('a combiner program', () => {
  it('that leaves as many records is started once, not at every spill', async () => {
    const lines = repeatingLines(60_000);
    const { combiner, starts } = program((input) => input);
    const { summary, lines: output } = await combined(lines, combiner);
    expect(summary.segments).toBeGreaterThan(3);
    expect(summary.segments).toBeLessThan(9);
    expect(starts.count).toBe(1);
    const { combineInputRecords: input, combineSkippedRecords: skipped } = summary;
    expect(input).toBeGreaterThan(1000);
    expect(summary.combineOutputRecords).toBe(input);
    expect(skipped).toBe(60_000 - input);
    expect(output).toEqual(sortedByKey(lines));
  });

  it('is tried again later, and stays when it shrinks the data then', async () => {
    const { combiner, starts } = program((input, start) =>
      start === 1 ? input : firstOfEachKey(input),
    );
    const { summary } = await combined(repeatingLines(300_000), combiner);
    expect(summary.segments).toBeGreaterThan(12);
    expect(starts.count).toBe(summary.segments - 7);
    expect(summary.combineInputRecords + summary.combineSkippedRecords).toBe(300_000);
    expect(summary.combineOutputRecords).toBeLessThan(summary.combineInputRecords);
  });

  it('that shrinks the data is never skipped', async () => {
    const { combiner, starts } = program(firstOfEachKey);
    const { summary } = await combined(repeatingLines(60_000), combiner);
    expect(starts.count).toBe(summary.segments);
    expect(summary).toMatchObject({ combineInputRecords: 60_000, combineSkippedRecords: 0 });
    expect(summary.combineOutputRecords).toBe(summary.records);
  });

  it('is not started at all for keys that come once', async () => {
    const lines = uniqueLines(30_000);
    const { combiner, starts } = program((input) => input);
    const { summary, lines: output } = await combined(lines, combiner);
    expect(summary.spills).toBeGreaterThan(1);
    expect(starts.count).toBe(0);
    expect(summary).toMatchObject({
      ...{ combineInputRecords: 0, combineOutputRecords: 0, combineSkippedRecords: 30_000 },
    });
    expect(output).toEqual(sortedByKey(lines));
  });
});

describe('a built-in combiner', () => {
  it('sum is skipped for keys that come once, and the result is the same', async () => {
    const lines = uniqueLines(30_000);
    const { summary, lines: sums } = await combined(lines, { type: 'builtin', name: 'sum' }, 'sum');
    expect(summary).toMatchObject({ combineInputRecords: 0, combineSkippedRecords: 30_000 });
    expect(sums).toEqual(sortedByKey(lines));
  });

  it.each([
    ['', false],
    [', with sorted values too', true],
  ])('count counts keys that come once, for the reducer adds%s', async (_, sortValues) => {
    const lines = uniqueLines(30_000);
    const count = { type: 'builtin', name: 'count' } as const;
    const { summary, lines: counts } = await combined(lines, count, 'count', sortValues);
    expect(summary.spills).toBeGreaterThan(1);
    expect(summary).toMatchObject({ combineInputRecords: 30_000, combineSkippedRecords: 0 });
    expect(counts).toEqual(sortedByKey(lines).map((line) => line.replace(/5$/, '1')));
  });

  it('identity is skipped after the first segment, for it leaves as many records', async () => {
    const lines = repeatingLines(60_000);
    const { summary, lines: output } = await combined(lines, { type: 'builtin', name: 'identity' });
    expect(summary.combineInputRecords).toBeGreaterThan(1000);
    expect(summary.combineSkippedRecords).toBeGreaterThan(summary.combineInputRecords);
    expect(output).toEqual(sortedByKey(lines));
  });

  it.each(['sum', 'count', 'max'] as const)('%s tells how many records it left', async (name) => {
    const lines = repeatingLines(60_000);
    const { summary } = await combined(lines, { type: 'builtin', name });
    expect(summary).toMatchObject({ combineInputRecords: 60_000, combineSkippedRecords: 0 });
    expect(summary.combineOutputRecords).toBe(summary.records);
    expect(summary.records).toBeLessThan(30_000);
  });
});

describe('map output whose keys begin to repeat', () => {
  it('is grouped again, and combined', async () => {
    const unique = uniqueLines(20_000);
    const repeated = Array.from({ length: 100_000 }, () => 'the\t1');
    const { summary, lines } = await combined(
      [...unique, ...repeated],
      { type: 'builtin', name: 'sum' },
      'sum',
    );
    const unlike = (await combined(unique, { type: 'builtin', name: 'sum' })).summary;
    expect(unlike.spills).toBeGreaterThan(0);
    // One list more may have been begun; all that follow are one group.
    expect(summary.segments).toBeLessThanOrEqual(unlike.segments + 2);
    expect(summary.combineInputRecords).toBeGreaterThan(80_000);
    expect(lines.at(-1)).toBe('the\t100000');
    expect(lines).toHaveLength(20_001);
  });
});
