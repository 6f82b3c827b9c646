import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratch, sharedCluster } from './cluster.ts';
import { SAMPLES, TEXT } from './sample-jobs.ts';
import { parts, pipeline, shell, sortedLines } from './shell.ts';

const cluster = sharedCluster({ workers: [['--slots', '2', '--sort-buffer', '1M']] });

/** Every sample on daemons against the shell pipeline of the same two programs; more in test/full. */
describe.for(SAMPLES)('sample $name', (sample) => {
  let expected: string;
  beforeAll(() => {
    const { mapper, reducer } = sample;
    expected =
      reducer === undefined ? shell(`${mapper} < '${TEXT}'`) : pipeline([TEXT], mapper, reducer);
  });

  it('equals its pipeline with 1, 2 and 7 reducers', async (context) => {
    if (sample.missing !== undefined) return context.skip(`${sample.missing} is not there`);
    const directory = await scratch();
    for (const reducers of sample.reducer === undefined ? [0] : [1, 2, 7]) {
      const output = join(directory, `out-${String(reducers)}`);
      const programs = [
        '-m',
        sample.mapper,
        ...(sample.reducer === undefined ? [] : ['-r', sample.reducer]),
      ];
      const outcome = await cluster().submit([
        ...['-i', TEXT, '-o', output, '--num-mappers', '2'],
        ...[...programs, '--num-reducers', String(reducers)],
      ]);
      expect(outcome).toMatchObject({ code: 0, stdout: '' });
      if (reducers <= 1) expect(parts(output)).toBe(expected);
      expect(sortedLines(parts(output))).toEqual(sortedLines(expected));
    }
    return undefined;
  });
});
