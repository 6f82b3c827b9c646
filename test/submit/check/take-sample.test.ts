import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inTermsOfInputs } from '../../../src/submit/check/in-terms-of-inputs.ts';
import { planSample } from '../../../src/submit/check/sample-plan.ts';
import { type Sample, takeSample } from '../../../src/submit/check/take-sample.ts';
import { type InputFile, listInputs } from '../../../src/inputs/list-inputs.ts';
import { failedReport } from '../sample-report.ts';

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

async function inputs(texts: readonly string[]): Promise<readonly InputFile[]> {
  const contents = texts.map((text) => Buffer.from(text, 'latin1'));
  return filesOf(
    Object.fromEntries([...contents.entries()].map(([at, text]) => [`input-${String(at)}`, text])),
  );
}

async function filesOf(
  contents: Readonly<Record<string, Uint8Array>>,
): Promise<readonly InputFile[]> {
  const directory = await scratch();
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(directory, name), content);
  }
  return (await listInputs([directory], { directory, recursive: false })).files;
}

function take(files: readonly InputFile[], limitBytes: number, directory: string): Promise<Sample> {
  const searchPath = process.env['PATH'] ?? '';
  return takeSample(files, { limitBytes, directory, searchPath, names: new Map() });
}

describe('the plan of a sample', () => {
  it('stays within files and limit, takes whole what fits, and spreads over large files', () => {
    const sizes = fc.array(fc.nat(5000), { maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 20_000 }), (files, limit) => {
        const plan = planSample(files, limit);
        const stretches = plan.flatMap(({ file, stretches: list }) => {
          let end = 0;
          for (const { start, length } of list) {
            expect(start).toBeGreaterThanOrEqual(end);
            end = start + length;
          }
          expect(end).toBeLessThanOrEqual(files[file] ?? -1);
          return list;
        });
        const total = stretches.reduce((sum, { length }) => sum + length, 0);
        expect(total).toBeLessThanOrEqual(limit);
        const filled = files.filter((bytes) => bytes > 0);
        const all = filled.reduce((sum, bytes) => sum + bytes, 0);
        if (filled.length <= 8 && all <= limit) expect(total).toBe(all);
      }),
    );
    expect(planSample([90_000], 900)).toEqual([
      {
        file: 0,
        stretches: [
          { start: 0, length: 300 },
          { start: 44_850, length: 300 },
          { start: 89_700, length: 300 },
        ],
      },
    ]);
    expect(
      planSample(
        Array.from({ length: 100 }, () => 10),
        80,
      ).map(({ file }) => file),
    ).toEqual([0, 14, 28, 42, 57, 71, 85, 99]);
  });
});

describe('a sample', () => {
  it('is the whole of small inputs, byte for byte, under the names that they have', async () => {
    const files = await inputs(['a\nb', '', '\0\xff\r\n']);
    const directory = await scratch();
    const sample = await take(files, 1000, directory);
    expect(sample).toMatchObject({ bytes: 7, lines: 3 });
    expect(sample.paths).toEqual([0, 2].map((index) => join(directory, files[index]?.path ?? '')));
    const contents = await Promise.all(sample.paths.map((path) => readFile(path, 'latin1')));
    expect(contents).toEqual(['a\nb', '\0\xff\r\n']);
  });

  it('consists of whole lines of its inputs, and knows where they stand', async () => {
    const line = fc.integer({ min: 0, max: 40 }).map((length) => 'x'.repeat(length));
    const text = fc.array(line, { minLength: 30, maxLength: 60 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 3 }), async (texts) => {
        const numbered = texts.map((whole) =>
          whole
            .split('\n')
            .map((each, index) => `${String(index)}${each}`)
            .join('\n'),
        );
        const files = await inputs(numbered);
        const sample = await take(files, 400, await scratch());
        for (const [path, { path: source, stretches }] of sample.origins) {
          const original = await readFile(source, 'latin1');
          const copy = await readFile(path, 'latin1');
          const cut = stretches.map(({ start, length }) => original.slice(start, start + length));
          expect(copy).toBe(cut.join(''));
          const lines = new Set(original.split('\n'));
          expect(copy.split('\n').filter((each) => each !== '' && !lines.has(each))).toEqual([]);
        }
        expect(sample.bytes).toBeLessThanOrEqual(400);
      }),
      { numRuns: 30 },
    );
  });

  it('is the head of compressed inputs, which are plain then', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${String(index)}\n`).join('');
    const files = await filesOf({ 'a.gz': gzipSync(lines), 'b.log.gz': gzipSync('one\ntwo') });
    const directory = await scratch();
    const sample = await take(files, 200, directory);
    const [first = '', second = ''] = sample.paths;
    expect(second).toBe(join(directory, files[1]?.path.replace('.gz', '') ?? ''));
    expect(await readFile(second, 'latin1')).toBe('one\ntwo');
    const head = await readFile(first, 'latin1');
    expect(lines.startsWith(head) && head.endsWith('\n')).toBe(true);
    expect(sample.lines).toBe(head.split('\n').length + 1);
    expect(sample.bytes).toBeLessThanOrEqual(200);
  });

  it('of inputs without a short line is refused with what to do', async () => {
    const files = await inputs(['x'.repeat(1000)]);
    await expect(take(files, 100, await scratch())).rejects.toThrow(
      `Cannot take a sample of "${files[0]?.path ?? ''}": no line of it fits into 100 bytes; take a larger sample, as in --check 64M`,
    );
  });

  it('of nothing is nothing', async () => {
    expect(await take([], 100, await scratch())).toMatchObject({ bytes: 0, lines: 0 });
  });
});

describe('a failure on a sample', () => {
  const stretches = [
    { start: 0, length: 10 },
    { start: 100, length: 10 },
  ];
  const sample = { origins: new Map([['/tmp/sample/data/x', { path: '/data/x', stretches }]]) };
  const told = (path: string, start: number, length: number): unknown => {
    const report = failedReport();
    const failure = report.failure && { ...report.failure, input: { path, start, length } };
    return inTermsOfInputs({ ...report, failure }, 'out', sample).failure?.input;
  };

  it('names the input and where it lies there', () => {
    expect(told('/tmp/sample/data/x', 0, 10)).toEqual({ path: '/data/x', start: 0, length: 10 });
    expect(told('/tmp/sample/data/x', 12, 4)).toEqual({ path: '/data/x', start: 102, length: 4 });
    expect(told('/tmp/sample/data/x', 5, 15)).toEqual({ path: '/data/x', start: 5, length: 105 });
  });

  it('names no input that the user does not have', () => {
    expect(told('/tmp/between/map-output', 0, 10)).toBeNull();
  });
});
