import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { script } from '../e2e/gate.ts';
import { loseLoneWorker } from '../e2e/lone-worker.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

beforeEach(needsFullRun);

/** Map output that is damaged or gone when reduces want it. */
describe('a truncated and a lost run', () => {
  it('are made again, they alone, and the output is right', async () => {
    const { cluster, client, directory, runs, goOn } = await loseLoneWorker({
      inputs: { a: 'a\t1\n', b: 'b\t1\n', c: 'c\t1\n', d: 'd\t1\n' },
      // The first reduce holds: nothing has been reduced by then.
      prepare: async (at, hold) => {
        await script(at, 'reduce.sh', `${hold}; exec cat`);
        const shape = ['--split-size', '4', '--num-reducers', '2', '--json'];
        return ['-m', 'cat', '-r', './reduce.sh', ...shape];
      },
      held: /w1 started \S*reduce/,
    });
    expect((await readdir(runs)).toSorted()).toEqual(
      [0, 1, 2, 3].map((index) => `map-0000${String(index)}.1.run`),
    );
    await truncate(join(runs, 'map-00001.1.run'), 40);
    await rm(join(runs, 'map-00002.1.run'));
    await goOn();
    expect(sortedLines(parts(join(directory, 'out')))).toEqual([
      '',
      'a\t1',
      'b\t1',
      'c\t1',
      'd\t1',
    ]);
    const again = cluster.manager.stderr.match(/w2 started \S*map-\S+/g) ?? [];
    expect(again.toSorted()).toEqual([
      'w2 started job-0001/map-00001.2',
      'w2 started job-0001/map-00002.2',
    ]);
    expect(JSON.parse(client.stdout)).toMatchObject({
      maps: { failed: 0 },
      reduces: { failed: 0 },
    });
  });
});
