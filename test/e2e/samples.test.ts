import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch, sharedCluster } from './cluster.ts';
import { answerOf, runSample, SAMPLES, SAMPLES_ROOT } from './sample-jobs.ts';
import { parts, sortedLines } from './shell.ts';

const cluster = sharedCluster({ workers: [['--slots', '2', '--sort-buffer', '1M']] });

/**
 * Every sample on daemons against what other tools make of its inputs. `--local` with one reducer is
 * in test/samples/readme.test.ts, all shapes are in test/full.
 */
describe.for(SAMPLES)('sample $name', (sample) => {
  it('gives the right answer in several parts', async (context) => {
    if (sample.missing !== undefined) context.skip(`${sample.missing} is not there`);
    const expected = answerOf(sample, SAMPLES_ROOT);
    const output = join(await scratch(), 'out');
    const shape = ['--num-mappers', '2', '--num-reducers', sample.isMapOnly ? '0' : '7'];
    const outcome = await runSample(cluster(), sample, SAMPLES_ROOT, output, ...shape);
    expect(outcome).toMatchObject({ code: 0, stdout: '' });
    if (sample.isOrdered) expect(parts(output)).toBe(expected);
    expect(sortedLines(parts(output))).toEqual(sortedLines(expected));
  });
});
