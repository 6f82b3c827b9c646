import { statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, scratch } from '../e2e/cluster.ts';
import { shell } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';
import { randomFrom } from '../shuffle/random-output.ts';

/** `--total-order` against `sort`: inputs of every shape, with buffers that spill and that do not. */

const random = randomFrom(5);

/** `count` lines made one by one, bytes as latin1. */
function lines(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${make(index)}\n`).join('');
}

const number = (below: number): string => String(random(below)).padStart(8, '0');
const TRICKY = ['\0', '\x01', '\t', '\t', '\v', '\r', ' ', 'a', 'b', '\x7f', '\x80', '\xff'];
const tricky = (): string =>
  Array.from({ length: random(9) }, () => TRICKY[random(TRICKY.length)] ?? '').join('');

const INPUTS: Readonly<Record<string, string>> = {
  'random lines': lines(60_000, () => `${number(1e8)}${'x'.repeat(random(60))}`),
  'sorted lines': lines(60_000, (index) => `${String(index).padStart(8, '0')} of many`),
  'lines in falling order': lines(60_000, (index) => String(99_999_999 - index)),
  'few lines many times, one of them mostly': lines(300_000, () =>
    random(4) > 0 ? 'the usual' : number(30),
  ),
  'lines that begin alike': lines(3000, () => `${'p'.repeat(1100)}${number(5000)}`),
  'tricky bytes, no last newline': lines(60_000, tricky) + tricky(),
  'one long line and short ones': `${'m'.repeat(5_000_000)}\n${lines(1000, () => number(1e8))}`,
  'one line': 'alone\n',
};

const SHAPES = [
  { reducers: 1, slots: 1, buffer: '1M' },
  { reducers: 2, slots: 2, buffer: '256M' },
  { reducers: 7, slots: 2, buffer: '1M' },
  { reducers: 7, slots: 1, buffer: '256M' },
];

/** The options of a job from `data` to `out`. */
function jobOf(shape: (typeof SHAPES)[number], output: string): string[] {
  const { reducers, slots, buffer } = shape;
  const tasks = ['--num-reducers', String(reducers), '--split-size', '700K', '--total-order'];
  return [
    ...['--local', '-i', 'data', '-o', output, ...tasks],
    ...['--slots', String(slots), '--sort-buffer', buffer],
  ];
}

async function partsOf(directory: string): Promise<Buffer> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('part-'));
  return Buffer.concat(
    await Promise.all(names.toSorted().map((name) => readFile(join(directory, name)))),
  );
}

describe.for(Object.entries(INPUTS))('a sort of %s', ([, text]) => {
  it('is byte for byte that of sort in every shape', { timeout: 300_000 }, async (context) => {
    needsFullRun(context);
    const directory = await scratch();
    await writeFile(join(directory, 'data'), text, 'latin1');
    shell(`LC_ALL=C sort data > by-line; LC_ALL=C sort -s -t '\t' -k1,1 data > by-key`, directory);
    for (const [index, shape] of SHAPES.entries()) {
      for (const [wanted, fields, programs] of [
        ['by-line', '0', ['-m', 'cat', '-r', 'cat']],
        ['by-key', '1', ['-m', 'identity', '-r', 'identity', '--combiner', 'cat']],
      ] as const) {
        if (wanted === 'by-key' && shape.reducers < 7) continue;
        const output = `${wanted}-${String(index)}`;
        const job = [...jobOf(shape, output), '--key-fields', fields, ...programs];
        const outcome = await run('mapreduce-submit', job, { cwd: directory });
        expect(outcome.code, outcome.stderr).toBe(0);
        const parts = await partsOf(join(directory, output));
        const same = parts.equals(await readFile(join(directory, wanted)));
        expect(same, `${wanted}, ${JSON.stringify(shape)}`).toBe(true);
      }
    }
  });
});

describe('twenty megabytes of random records', () => {
  it('are cut into parts of about the same size', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const directory = await scratch();
    const text = lines(200_000, () => `${number(1e8)}${'y'.repeat(91)}`);
    await writeFile(join(directory, 'data'), text);
    const job = ['-i', 'data', '-o', 'out', '-m', 'identity', '-r', 'identity', '--total-order'];
    const tasks = ['--num-reducers', '4', '--local', '--slots', '2'];
    const outcome = await run('mapreduce-submit', [...job, ...tasks], { cwd: directory });
    expect(outcome.code, outcome.stderr).toBe(0);
    for (let part = 0; part < 4; part++) {
      const { size } = statSync(join(directory, `out/part-0000${String(part)}`));
      expect(Math.abs(size / 5_000_000 - 1)).toBeLessThan(0.1);
    }
  });
});
