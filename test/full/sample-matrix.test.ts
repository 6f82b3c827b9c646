import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scratch, sharedCluster, sharedScratch } from '../e2e/cluster.ts';
import { answerOf, runSample, SAMPLES, type SampleJob } from '../e2e/sample-jobs.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun, needsPrograms } from '../needs.ts';
import { makeLargeSamples } from './large-samples.ts';

/**
 * Every sample with 1, 2 and 7 reducers on daemons with 1 and 2 slots, with a sort buffer that
 * spills and one that does not, over inputs of some megabytes, against what other tools make of them.
 */

const SHAPES = [1, 2].flatMap((slots) => ['1M', '256M'].map((buffer) => ({ slots, buffer })));
const LIMIT_MS = 300_000;
const isWanted = process.env['MUSTER_FULL_TESTS'] === '1';

const data = sharedScratch();
beforeAll(async () => {
  if (isWanted) await makeLargeSamples(data());
}, LIMIT_MS);

describe.for(SHAPES)('with $slots slots and a sort buffer of $buffer', ({ slots, buffer }) => {
  const worker = ['--slots', String(slots), '--sort-buffer', buffer];
  const cluster = sharedCluster({ workers: isWanted ? [worker] : [] });
  beforeEach(needsFullRun);

  it.for(SAMPLES)('$name is right', { timeout: LIMIT_MS }, async (sample, context) => {
    if (sample.missing !== undefined) needsPrograms(context, sample.missing);
    const expected = answerOf(sample, data());
    expect(expected).not.toBe('');
    for (const reducers of sample.isMapOnly ? [0] : [1, 2, 7]) {
      const output = join(await scratch(), 'out');
      const tasks = ['--num-reducers', String(reducers), '--num-mappers', '2', '--json'];
      const outcome = await runSample(cluster(), sample, data(), output, ...tasks);
      expect(outcome.code, outcome.stderr).toBe(0);
      expectSpills(sample, buffer, outcome.stdout);
      const answer = parts(output);
      // Not `toBe` of the texts: the difference of megabytes takes minutes to show.
      if (reducers <= 1 || sample.isOrdered) expect(answer === expected).toBe(true);
      expect(sortedLines(answer).join('\n') === sortedLines(expected).join('\n')).toBe(true);
    }
  });
});

/** The small buffer must be too small, the large one must not be. */
function expectSpills(sample: SampleJob, buffer: string, stdout: string): void {
  // A script runs several jobs.
  if (sample.script !== undefined) return;
  const { maps }: { maps: { spills: { min: number; max: number } } } = JSON.parse(stdout);
  if (buffer !== '1M') expect(maps.spills.max).toBe(0);
  else if (sample.hasManyKeys) expect(maps.spills.max).toBeGreaterThan(0);
}
