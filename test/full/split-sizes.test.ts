import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { TEXT } from '../e2e/sample-jobs.ts';
import { parts } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

/** However the input is cut, `cat` without reducers gives it back byte for byte. */

const LARGE_LINE = 10_000_000;

describe('map-only cat', () => {
  it(
    'gives small texts back with every kind of split size',
    { timeout: 900_000 },
    async (context) => {
      needsFullRun(context);
      const cluster = await Cluster.start({ workers: [['--slots', '2']] });
      const directory = await scratch();
      const text = (await readFile(TEXT, 'latin1')).slice(30_000, 31_500);
      for (let round = 0; round < 200; round += 1) {
        // From one byte to the whole, evenly on a logarithmic scale.
        const splitBytes = Math.round(text.length ** (round / 199));
        const ending = round % 3 === 0 ? '' : '\n';
        await expectSame(cluster, directory, `${text}\r\n\n\0\xff${ending}`, splitBytes, round);
      }
    },
  );

  it('gives back a line that crosses borders', { timeout: 300_000 }, async (context) => {
    needsFullRun(context);
    const cluster = await Cluster.start({ workers: [['--slots', '2']] });
    const directory = await scratch();
    const text = `first\n${'x'.repeat(LARGE_LINE)}\nlast\n`;
    for (const [index, splitBytes] of [3_000_000, 1_000_000, 4_999_999].entries()) {
      await expectSame(cluster, directory, text, splitBytes, 1000 + index);
    }
  });
});

async function expectSame(
  cluster: Cluster,
  directory: string,
  text: string,
  splitBytes: number,
  round: number,
): Promise<void> {
  const input = join(directory, `in-${String(round)}`);
  const output = join(directory, `out-${String(round)}`);
  await writeFile(input, text, 'latin1');
  const job = ['-i', input, '-o', output, '-m', 'cat', '--num-reducers', '0'];
  const outcome = await cluster.submit([...job, '--split-size', String(splitBytes), '--quiet']);
  expect(outcome.code, outcome.stderr).toBe(0);
  expect(parts(output) === text, `split size ${String(splitBytes)}`).toBe(true);
}
