import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, scratch } from '../e2e/cluster.ts';
import { SAMPLES, type SampleJob } from '../e2e/sample-jobs.ts';
import { parts, pipeline, shell, sortedLines } from '../e2e/shell.ts';
import { needsFullRun, needsPrograms } from '../needs.ts';

/**
 * Every sample with 1, 2 and 7 reducers, 1 and 2 slots, a sort buffer that spills and one that
 * does not, on text whose words hardly repeat, against the pipeline of the same two programs.
 */

interface Report {
  readonly maps: { readonly spills: { readonly min: number; readonly max: number } };
}

const BYTES = 4_000_000;

/** Pseudo-random words of 4 to 9 letters, ten a line; always the same. */
function manyWords(): string {
  let state = 12_345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  let text = '';
  for (let count = 1; text.length < BYTES; count += 1) {
    const letters = Array.from({ length: 4 + next(6) }, () => String.fromCharCode(97 + next(26)));
    text += letters.join('') + (count % 10 === 0 ? '\n' : ' ');
  }
  return text;
}

function jobOf(sample: SampleJob): { mapper: string; reducer: string | undefined } {
  const { name, mapper, reducer } = sample;
  if (name === 'grep, counted') return { mapper: mapper.replace(/'.*'/, "'[a-z]*'"), reducer };
  return { mapper: mapper.replace('Refrangib', 'qu'), reducer };
}

interface Shape {
  readonly reducers: number;
  readonly slots: number;
  readonly buffer: string;
}

const SHAPES: readonly Shape[] = [0, 1, 2, 7].flatMap((reducers) =>
  [1, 2].flatMap((slots) => ['1M', '1G'].map((buffer) => ({ reducers, slots, buffer }))),
);

/** Runs one job with --local and gives the spills of its maps. */
async function runJob(job: readonly string[], shape: Shape): Promise<Report['maps']> {
  const local = ['--local', '--slots', String(shape.slots), '--sort-buffer', shape.buffer];
  const tasks = ['--num-reducers', String(shape.reducers), '--num-mappers', '2', '--json'];
  const outcome = await run('mapreduce-submit', [...job, ...local, ...tasks]);
  expect(outcome.code, outcome.stderr).toBe(0);
  return (JSON.parse(outcome.stdout) as Report).maps;
}

describe.for(SAMPLES)('sample $name', (sample) => {
  it('equals its pipeline in every shape', { timeout: 600_000 }, async (context) => {
    needsFullRun(context);
    if (sample.missing !== undefined) needsPrograms(context, sample.missing);
    const directory = await scratch();
    const input = join(directory, 'input.txt');
    await writeFile(input, manyWords());
    const { mapper, reducer } = jobOf(sample);
    const expected =
      reducer === undefined ? shell(`${mapper} < '${input}'`) : pipeline([input], mapper, reducer);
    const programs = ['-m', mapper, ...(reducer === undefined ? [] : ['-r', reducer])];
    for (const [index, shape] of SHAPES.entries()) {
      if ((reducer === undefined) !== (shape.reducers === 0)) continue;
      const output = join(directory, `out-${String(index)}`);
      const { spills } = await runJob(['-i', input, '-o', output, ...programs], shape);
      if (shape.buffer === '1M' && shape.reducers > 0) expect(spills.min).toBeGreaterThanOrEqual(2);
      else expect(spills.max).toBe(0);
      if (shape.reducers <= 1) expect(parts(output) === expected).toBe(true);
      expect(sortedLines(parts(output))).toEqual(sortedLines(expected));
    }
  });
});
