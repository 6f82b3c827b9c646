import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { script } from '../e2e/gate.ts';
import { loseLoneWorker } from '../e2e/lone-worker.ts';
import { parts } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

beforeEach(needsFullRun);

const LINES = Array.from({ length: 3000 }, (_, index) => {
  const number = (index * 7919) % 3000;
  return `${number.toString(36)}${'.'.repeat(number % 50)}\n`;
});

describe('a run that is lost after a reduce has committed', () => {
  it('is made again, and the ranges stay where they were', async () => {
    const { client, directory, runs, goOn } = await loseLoneWorker({
      inputs: { a: LINES.join(''), b: LINES.join('') },
      prepare: async (at, hold) => {
        // A map that runs again says more, so that ranges cut then would be others.
        const again = `[ "$mapreduce_task_attempt_id" = map-00001.2 ]`;
        await script(at, 'map.sh', `cat; if ${again}; then seq -f 'zzzz%.0f' 9000; fi`);
        // The second reduce holds.
        await script(at, 'reduce.sh', `[ $mapreduce_task_partition = 0 ] || ${hold}; exec cat`);
        const shape = ['--split-size', '100K', '--num-reducers', '2', '--json'];
        return ['-m', './map.sh', '-r', './reduce.sh', '--total-order', ...shape];
      },
      held: /w1 started \S*reduce-00001/,
    });
    await rm(join(runs, 'map-00001.1.run'));
    await goOn();
    const output = parts(join(directory, 'out')).trimEnd().split('\n');
    const expected = [...LINES, ...LINES].map((line) => line.trimEnd());
    expected.push(...Array.from({ length: 9000 }, (_, index) => `zzzz${String(index + 1)}`));
    expect(output).toEqual(expected.toSorted());
    expect(JSON.parse(client.stdout)).toMatchObject({
      ...{ maps: { attempts: 3, failed: 0 }, reduces: { failed: 0 } },
    });
  });
});
