import { mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../../e2e/cluster.ts';
import { open, script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds, SEED } from '../dials.ts';
import { startedAttempts } from './manager-log.ts';
import { seededRandom } from '../../../src/worker/lifecycle/seeded-random.ts';

beforeEach(needsFullRun);

const ROUNDS = rounds(6);
const NAMES = ['a', 'b', 'c', 'd'];

describe('a map output that is deleted or truncated before the reduces', () => {
  it(`is made again, it alone, ${String(ROUNDS)} times`, async () => {
    const cluster = await Cluster.start({
      manager: ['--heartbeat-interval', '400ms'],
      workers: [['--slots', '2', '--name', 'w1']],
    });
    const random = seededRandom(SEED);
    const directory = await scratch();
    await mkdir(join(directory, 'in'));
    for (const name of NAMES) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
    const gate = join(directory, 'gate');
    const hold = `while [ ! -e ${gate}-$ROUND ]; do sleep 0.02; done`;
    // The last map holds: no reduce begins before it.
    await script(directory, 'map.sh', `[ "$mapreduce_task_id" != map-00003 ] || ${hold}; cat`);
    for (let round = 1; round <= ROUNDS; round++) {
      const job = `job-${String(round).padStart(4, '0')}`;
      const output = `out-${String(round)}`;
      const client = cluster.submitting(
        [
          ...['-i', 'in', '-o', output, '-m', './map.sh', '-r', 'cat', '--json'],
          ...['--split-size', '4', '--env', `ROUND=${String(round)}`, '--num-reducers', '2'],
        ],
        { cwd: directory },
      );
      for (const index of [0, 1, 2]) {
        await cluster.manager.said(new RegExp(`${job}/map-0000${String(index)}\\.1 committed`));
      }
      const victim = `map-0000${String(Math.floor(random() * 3))}`;
      const damage = await damageRun(cluster, job, victim, random);
      await open(`${gate}-${String(round)}`);
      expect(await client.exited, client.stderr).toBe(0);
      const starts = await startedAttempts(cluster, job);
      const again = starts.filter((line) => /map-\d+\.[^1]/.test(line));
      expect(again, `round ${String(round)}: ${damage}`).toEqual([`w1 ${victim}.2`]);
      expect(sortedLines(parts(join(directory, output)))).toEqual([
        '',
        ...NAMES.map((name) => `${name}\t1`),
      ]);
      expect(JSON.parse(client.stdout)).toMatchObject({
        ...{ maps: { attempts: 5, failed: 0, lost: 0 }, reduces: { failed: 0, lost: 0 } },
      });
    }
  }, 3_600_000);
});

/** Deletes the run of a map, or cuts it somewhere. */
async function damageRun(
  cluster: Cluster,
  job: string,
  task: string,
  random: () => number,
): Promise<string> {
  const folder = join(cluster.sharedDirectory, 'jobs', job, 'map');
  const name = (await readdir(folder)).find((each) => each.startsWith(task));
  const path = join(folder, String(name));
  if (random() < 0.5) {
    await rm(path);
    return `${task} deleted`;
  }
  const { size } = await stat(path);
  const left = Math.floor(random() * size);
  await truncate(path, left);
  return `${task} cut from ${String(size)} to ${String(left)} bytes`;
}
