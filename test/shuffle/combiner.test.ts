import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Combiner } from '../../src/shuffle/combiner.ts';
import { reducerFold } from '../../src/shuffle/folds/builtins.ts';
import { MapOutput } from '../../src/shuffle/map-output.ts';
import { randomFrom } from './random-output.ts';
import { drain, readPartition, sharedArena, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
const LARGE = 1024 * 1024;

/** A program that answers each partition's lines with the bytes `answer` makes of them. */
function program(answer: (lines: string, partition: number) => string): Combiner {
  return {
    type: 'program',
    combine: async (partition, input, emit) => {
      const lines = drain(input).toString('latin1');
      await Promise.resolve();
      for (const byte of Buffer.from(answer(lines, partition), 'latin1')) emit(Uint8Array.of(byte));
    },
  };
}

function combine(lines: string, combiner: Combiner, sortBufferBytes = LARGE): Promise<string> {
  const options = { runPath: scratch.fresh('run'), partitions: 1, sortBufferBytes, combiner };
  return writeRun(options, [Buffer.from(lines, 'latin1')]).then(async () => {
    const runs = [{ path: options.runPath, mapIndex: 0, attempt: 1 }];
    const scratchDir = scratch.path();
    const bytes = await readPartition({
      runs,
      partition: 0,
      partitions: 1,
      bufferBytes: LARGE,
      scratchDir,
    });
    return bytes.toString('latin1');
  });
}

/** Adds up the values of each key, as an awk program would. */
const adding = program((lines) => {
  const sums = new Map<string, number>();
  for (const line of lines.split('\n').slice(0, -1)) {
    const [key = '', value] = line.split('\t');
    sums.set(key, (sums.get(key) ?? 0) + Number(value));
  }
  return [...sums].map(([key, sum]) => `${key}\t${sum}`).join('\n');
});

describe('a combiner program', () => {
  it('gets lines sorted by key, and its output replaces them', async () => {
    const seen: string[] = [];
    const output = await combine(
      'b\t1\na\t2\nb\t3\na\nb\t3\n',
      program((lines) => {
        seen.push(lines);
        return 'a\tx\na\tx\nb\ty';
      }),
    );
    expect(seen).toEqual(['a\t2\na\nb\t1\nb\t3\nb\t3\n']);
    expect(output).toBe('a\tx\na\tx\nb\ty\n');
  });

  it('may write nothing, or only some of its keys', async () => {
    expect(
      await combine(
        'a\nb\nc\n',
        program(() => ''),
      ),
    ).toBe('');
    expect(
      await combine(
        'a\nb\nc\n',
        program(() => 'b\t1\n'),
      ),
    ).toBe('b\t1\n');
  });

  it('runs at every spill and at the end, for each partition that has keys', async () => {
    const random = randomFrom(7);
    let lines = '';
    for (let line = 0; line < 8000; line++) lines += `key-${random(1000)}\t1\n`;
    const partitions = new Set<number>();
    let runs = 0;
    const combiner = program((input, partition) => {
      partitions.add(partition);
      runs++;
      return input;
    });
    const runPath = scratch.fresh('run');
    const options = { runPath, partitions: 3, sortBufferBytes: 16_384, combiner };
    const summary = await writeRun(options, [Buffer.from(lines)], [50_000]);
    expect(summary.spills).toBeGreaterThan(2);
    expect(runs).toBe(3 * summary.segments);
    expect(summary).toMatchObject({ combineInputRecords: 8000, combineOutputRecords: 8000 });
    expect([...partitions].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  it.each([
    ['a key that it made up', 'a\t1\nb\t1\nbb\t2\n', '"bb"', 'none of the keys'],
    ['a key of its input in upper case', 'A\t1\n', '"A"', 'none of the keys'],
    ['a key after all others', 'z\t1\n', '"z"', 'none of the keys'],
    ['keys out of order', 'b\t1\na\t1\n', '"a"', 'sorted'],
    ['a key of many bytes', `${'q'.repeat(5000)}\n`, 'and 4920 bytes more', 'none of the keys'],
  ])('fails with an explanation for %s', async (_, answer, key, cause) => {
    const failing = combine(
      'a\t1\nb\t1\nc\t1\n',
      program(() => answer),
    );
    await expect(failing).rejects.toThrow(expect.objectContaining({ name: 'CombinerKeyError' }));
    await expect(failing).rejects.toThrow(key);
    await expect(failing).rejects.toThrow(cause);
  });

  it('fails the output when it fails, and the caller can clean up', async () => {
    const combiner: Combiner = {
      type: 'program',
      combine: () => Promise.reject(new Error('exit 3')),
    };
    const runPath = scratch.fresh('run');
    const options = { runPath, partitions: 1, sortBufferBytes: LARGE, combiner };
    await expect(writeRun(options, [Buffer.from('a\n')])).rejects.toThrow('exit 3');
    expect(existsSync(runPath)).toBe(false);
  });

  it('must have ended before more is written', async () => {
    const end = new EventEmitter();
    const ended = once(end, 'end').then(() => undefined);
    const combiner: Combiner = { type: 'program', combine: () => ended };
    const output = new MapOutput({
      runPath: scratch.fresh('run'),
      partitions: 1,
      sortBufferBytes: 16_384,
      combiner,
      arena: sharedArena,
    });
    let lines = '';
    for (let line = 0; line < 1000; line++) lines += `${line}\n`;
    const waiting = output.write(Buffer.from(lines));
    expect(waiting).toBeInstanceOf(Promise);
    expect(() => output.write(Buffer.from('more\n'))).toThrow(/before the combiner had ended/);
    end.emit('end');
    await waiting;
    expect(output.write(Buffer.from('more\n'))).toBeUndefined();
    output.abort();
  });
});

const toLines = (pairs: readonly (readonly [number, number])[]): string =>
  pairs.map(([key, value]) => `key-${key}\t${value}\n`).join('');

async function reduce(
  lines: string,
  reducer: 'sum' | 'count',
  combiner: Combiner | undefined,
): Promise<string> {
  const path = scratch.fresh('run');
  const base = { runPath: path, partitions: 1, sortBufferBytes: 16_384 };
  await writeRun(combiner === undefined ? base : { ...base, combiner }, [Buffer.from(lines)]);
  const name = combiner?.type === 'builtin' ? combiner.name : undefined;
  const output = await readPartition(
    {
      runs: [{ path, mapIndex: 0, attempt: 1 }],
      partition: 0,
      partitions: 1,
      bufferBytes: 4096,
      scratchDir: scratch.path(),
    },
    (merge) => merge.foldedLines(reducerFold(reducer, name)),
  );
  return String(output);
}

describe('built-in combiners', () => {
  const numbers = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: -3, max: 3 })), {
    minLength: 1,
    maxLength: 3000,
  });
  it('sum gives the same with and without a combiner, also one that is a program', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (pairs) => {
        const lines = toLines(pairs);
        const plain = await reduce(lines, 'sum', undefined);
        expect(await reduce(lines, 'sum', { type: 'builtin', name: 'sum' })).toBe(plain);
        expect(await reduce(lines, 'sum', adding)).toBe(plain);
      }),
      { numRuns: 15 },
    );
  });

  it('count gives the number of values with and without a combiner', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (pairs) => {
        const counts = new Map<string, number>();
        for (const [key] of pairs) counts.set(`key-${key}`, (counts.get(`key-${key}`) ?? 0) + 1);
        const expected = [...counts]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, count]) => `${key}\t${count}\n`)
          .join('');
        const lines = toLines(pairs);
        expect(await reduce(lines, 'count', undefined)).toBe(expected);
        const combiner = { type: 'builtin', name: 'count' } as const;
        expect(await reduce(lines, 'count', combiner)).toBe(expected);
        expect(await reduce(lines, 'sum', combiner)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('see a record that is larger than the buffer too', async () => {
    const large = `${'k'.repeat(40_000)}\tnot a number\n`;
    const output = await combine(
      `a\tx\n${large}a\ty\n`,
      { type: 'builtin', name: 'count' },
      16_384,
    );
    expect(output).toBe(`a\t1\na\t1\n${'k'.repeat(40_000)}\t1\n`);
  });

  it('fail the output on a value they cannot take', async () => {
    const failing = combine('a\t1\na\tone\n', { type: 'builtin', name: 'sum' });
    await expect(failing).rejects.toThrow('"a\\tone"');
  });
});
