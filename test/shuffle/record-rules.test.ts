import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FoldError } from '../../src/shuffle/folds/fold.ts';
import { sum } from '../../src/shuffle/folds/sum.ts';
import { KeyFinder } from '../../src/shuffle/key-finder.ts';
import { recordShape } from '../../src/shuffle/record-shape.ts';
import { checkJob, jobOf } from './check-job.ts';
import { outputWith } from './random-output.ts';
import { readPartition, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();

/** Some overlap themselves, some are bytes that lines are full of anyway, one is not UTF-8. */
const SEPARATORS = [
  ...['\t', ',', ' ', '\0', '\r', '\xff'],
  ...['::', 'aab', '\t\t\t', 'key', '\xe2\x82\xac', '<a-rather-long-separator-of-bytes>'],
];

const jobs = fc
  .record({
    separator: fc.constantFrom(...SEPARATORS),
    keyFields: fc.integer({ min: 0, max: 3 }),
    sortValues: fc.boolean(),
  })
  .chain((rules) => jobOf(outputWith(rules.separator), rules));

describe('records cut by any separator and any number of key fields', () => {
  it('come to the reducer as a stable sort by key has them, or sorted by value too', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, (job) => checkJob(job, scratch)),
      { numRuns: 150 },
    );
  });

  it('pass a combiner that changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, async (job) => {
        await checkJob(job, scratch, {
          type: 'program',
          combine: async (_partition, input, emit) => {
            for (let chunk = input.next(); chunk !== undefined; chunk = input.next()) {
              const cut = chunk.length >> 1;
              emit(chunk.slice(0, cut));
              await Promise.resolve();
              emit(chunk.slice(cut));
            }
          },
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('the key of a line', () => {
  it.each([
    ['a\tb\n', '\t', 1, 'a', 'b'],
    ['a:::b\n', '::', 1, 'a', ':b'],
    ['a:::b\n', '::', 2, 'a:::b', undefined],
    ['a::::b\n', '::', 2, 'a::', 'b'],
    ['a::b:\n', '::', 2, 'a::b:', undefined],
    ['a:\n', '::', 1, 'a:', undefined],
    ['::\n', '::', 1, '', ''],
    ['aaab\n', 'aab', 1, 'a', ''],
    ['a,b,c,d\n', ',', 3, 'a,b,c', 'd'],
    ['a,b,c,\n', ',', 3, 'a,b,c', ''],
    ['a,b\n', ',', 3, 'a,b', undefined],
    ['a,b\n', ',', 0, 'a,b', undefined],
    ['a€b€c\n', '€', 1, 'a', 'b€c'],
    ['\n', ',', 1, '', undefined],
  ])(
    'of %j with separator %j and %i key fields is cut there',
    (line, separator, fields, key, value) => {
      const bytes = Buffer.from(line);
      const finder = new KeyFinder(recordShape(separator, fields));
      const keyEnd = finder.find(bytes, 0, bytes.length);
      const lineEnd = bytes.length - 1;
      expect(bytes.toString('utf8', 0, keyEnd)).toBe(key);
      const valueStart = finder.valueStart(keyEnd, lineEnd);
      const isThere = valueStart <= lineEnd;
      expect(isThere ? bytes.toString('utf8', valueStart, lineEnd) : undefined).toBe(value);
    },
  );
});

describe('a built-in', () => {
  const shape = recordShape('::', 1);

  async function reduce(text: string): Promise<string> {
    const runPath = scratch.fresh('run');
    await writeRun({ runPath, partitions: 1, sortBufferBytes: 16_384, shape }, [Buffer.from(text)]);
    const options = { partition: 0, partitions: 1, bufferBytes: 4096, scratchDir: scratch.path() };
    const runs = [{ path: runPath, mapIndex: 0, attempt: 1 }];
    const take = { ...options, runs, shape };
    return String(await readPartition(take, (merge) => merge.foldedLines(sum)));
  }

  it('writes the separator of the job', async () => {
    expect(await reduce('b::1\na::2\nb::40\n')).toBe('a::2\nb::41\n');
  });

  it('quotes a line as it came', async () => {
    await expect(reduce('a::1\na:::2\n')).rejects.toThrow(FoldError);
    await expect(reduce('a::1\na:::2\n')).rejects.toThrow('the line "a:::2"');
  });

  it('combines and quotes with it too', async () => {
    const runPath = scratch.fresh('run');
    const options = { runPath, partitions: 1, sortBufferBytes: 16_384, shape };
    const combiner = { type: 'builtin', name: 'sum' } as const;
    const failing = writeRun({ ...options, combiner }, [Buffer.from('a::x\n')]);
    await expect(failing).rejects.toThrow('the line "a::x"');
  });
});
