import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CheckedJob, RIGHT_JOBS, visits, WRONG_JOBS } from '../e2e/check-programs.ts';
import { type Outcome, run, scratch } from '../e2e/cluster.ts';
import { SAMPLES, SAMPLES_ROOT } from '../e2e/sample-jobs.ts';
import { needsFullRun } from '../needs.ts';

/** `--check` passes every right job and names the fault of every wrong one. */

async function check({ job }: CheckedJob): Promise<Outcome> {
  const input = join(await scratch(), 'visits.txt');
  await writeFile(input, visits(300));
  return run('mapreduce-submit', ['--check', '--quiet', '-i', input, ...job]);
}

describe.for(RIGHT_JOBS)('right: $name', (job) => {
  it('passes', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    if (job.missing !== undefined) return context.skip(`${job.missing} is not there`);
    expect(await check(job)).toEqual({ code: 0, stdout: '', stderr: '' });
    return undefined;
  });
});

describe.for(SAMPLES.filter(({ script }) => script === undefined))('sample: $name', (sample) => {
  it('passes', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const { inputs, options, isMapOnly, missing } = sample;
    if (missing !== undefined) return context.skip(`${missing} is not there`);
    const paths = inputs.flatMap((path) => ['-i', join(SAMPLES_ROOT, path)]);
    const job = [...paths, ...options, ...(isMapOnly ? ['--num-reducers', '0'] : [])];
    const outcome = await run('mapreduce-submit', ['--check', '50K', '--quiet', ...job]);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    return undefined;
  });
});

describe.for(WRONG_JOBS)('wrong: $name', (job) => {
  it(`is told as "${job.broken}" and nothing else`, { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const { code, stderr } = await check(job);
    const found = [...stderr.matchAll(/^Broken by the (.*)$/gm)].map(([, what]) => what);
    expect({ code, found }).toEqual({ code: 1, found: [job.broken] });
  });
});
