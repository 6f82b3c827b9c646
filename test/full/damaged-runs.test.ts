import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { open, script } from '../e2e/gate.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

beforeEach(needsFullRun);

/** Map output that is damaged or gone when reduces want it. */
describe('a truncated and a lost run', () => {
  it('are made again, they alone, and the output is right', async () => {
    const cluster = await Cluster.start({
      manager: ['--heartbeat-interval', '400ms'],
      workers: [['--slots', '1', '--name', 'w1']],
    });
    const directory = await scratch();
    const gate = join(directory, 'gate');
    await mkdir(join(directory, 'in'));
    for (const name of ['a', 'b', 'c', 'd'])
      await writeFile(join(directory, 'in', name), `${name}\t1\n`);
    // The first reduce holds until its Worker is gone; nothing has been reduced by then.
    const hold = `while [ ! -e '${gate}' ]; do sleep 0.05; done; exec cat`;
    await script(directory, 'reduce.sh', hold);
    const job = ['-i', 'in', '-o', 'out', '-m', 'cat', '-r', './reduce.sh'];
    const shape = ['--split-size', '4', '--num-reducers', '2', '--json'];
    const client = cluster.submitting([...job, ...shape], { cwd: directory });
    await cluster.manager.said(/w1 started \S*reduce/);
    cluster.workers[0]?.signal('SIGKILL');
    await cluster.manager.said(/w1 is lost/);
    const runs = join(cluster.sharedDirectory, 'jobs/job-0001/map');
    expect((await readdir(runs)).toSorted()).toEqual(
      [0, 1, 2, 3].map((index) => `map-0000${String(index)}.1.run`),
    );
    await truncate(join(runs, 'map-00001.1.run'), 40);
    await rm(join(runs, 'map-00002.1.run'));
    await open(gate);
    await cluster.addWorker(['--slots', '1', '--name', 'w2']);
    expect(await client.exited, client.stderr).toBe(0);
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
