import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alignedRanges, type ByteRange } from '../../../src/manager/planner/align.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-align-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function rangesOf(text: string | Buffer, splitBytes: number): Promise<ByteRange[]> {
  const path = join(directory, 'input');
  writeFileSync(path, text);
  const ranges: ByteRange[] = [];
  const bytes = Buffer.byteLength(text);
  for await (const range of alignedRanges(path, bytes, splitBytes)) ranges.push(range);
  return ranges;
}

/** Another way to say it: each line goes to the range of the split that its first byte is in. */
function oracle(text: string, splitBytes: number): ByteRange[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const ranges = new Map<number, { start: number; length: number }>();
  let start = 0;
  for (const line of lines) {
    const split = Math.floor(start / splitBytes);
    const range = ranges.get(split) ?? { start, length: 0 };
    range.length += line.length;
    ranges.set(split, range);
    start += line.length;
  }
  return [...ranges.values()];
}

test('every line is in the range it begins in, for any split size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', '\n', 'b', '\r') }), { minLength: 1 }),
      fc.integer({ min: 1, max: 60 }),
      async (parts, splitBytes) => {
        const text = parts.join('\n');
        if (text === '') return;
        expect(await rangesOf(text, splitBytes)).toEqual(oracle(text, splitBytes));
      },
    ),
  );
});

test('an empty file is one empty range', async () => {
  expect(await rangesOf('', 10)).toEqual([{ start: 0, length: 0 }]);
});

test('a line longer than blocks and splits swallows the boundaries inside it', async () => {
  const line = `${'x'.repeat(300_000)}\n`;
  const ranges = await rangesOf(`short\n${line}end\n`, 1000);
  expect(ranges).toEqual([
    { start: 0, length: 6 + line.length },
    { start: 6 + line.length, length: 4 },
  ]);
});

test('a split size of 1 byte costs one pass', async () => {
  const lines = 100_000;
  const began = performance.now();
  const ranges = await rangesOf('ab\n'.repeat(lines), 1);
  expect(ranges).toHaveLength(lines);
  expect(performance.now() - began).toBeLessThan(3_000);
});
