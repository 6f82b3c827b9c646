import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { open, script } from '../e2e/gate.ts';
import { parts } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

beforeEach(needsFullRun);

const LINES = Array.from({ length: 3000 }, (_, index) => {
  const number = (index * 7919) % 3000;
  return `${number.toString(36)}${'.'.repeat(number % 50)}\n`;
});

describe('a run that is lost after a reduce has committed', () => {
  it('is made again, and the ranges stay where they were', async () => {
    const cluster = await Cluster.start({
      manager: ['--heartbeat-interval', '400ms'],
      workers: [['--slots', '1', '--name', 'w1']],
    });
    const directory = await scratch();
    const gate = join(directory, 'gate');
    await mkdir(join(directory, 'in'));
    for (const name of ['a', 'b']) await writeFile(join(directory, 'in', name), LINES.join(''));
    // A map that runs again says more, so that ranges cut then would be others.
    const again = `[ "$mapreduce_task_attempt_id" = map-00001.2 ]`;
    await script(directory, 'map.sh', `cat; if ${again}; then seq -f 'zzzz%.0f' 9000; fi`);
    // The second reduce holds until its Worker is gone.
    const wait = `while [ ! -e '${gate}' ]; do sleep 0.05; done`;
    await script(directory, 'reduce.sh', `[ $mapreduce_task_partition = 0 ] || ${wait}; exec cat`);
    const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', './reduce.sh', '--total-order'];
    const shape = ['--split-size', '100K', '--num-reducers', '2', '--json'];
    const client = cluster.submitting([...job, ...shape], { cwd: directory });
    await cluster.manager.said(/w1 started \S*reduce-00001/);
    const jobDirectory = join(cluster.sharedDirectory, 'jobs/job-0001');
    cluster.workers[0]?.signal('SIGKILL');
    await cluster.manager.said(/w1 is lost/);
    await rm(join(jobDirectory, 'map/map-00001.1.run'));
    await open(gate);
    await cluster.addWorker(['--slots', '1', '--name', 'w2']);
    expect(await client.exited, client.stderr).toBe(0);
    const output = parts(join(directory, 'out')).trimEnd().split('\n');
    const expected = [...LINES, ...LINES].map((line) => line.trimEnd());
    expected.push(...Array.from({ length: 9000 }, (_, index) => `zzzz${String(index + 1)}`));
    expect(output).toEqual(expected.toSorted());
    expect(JSON.parse(client.stdout)).toMatchObject({
      ...{ maps: { attempts: 3, failed: 0 }, reduces: { failed: 0 } },
    });
  });
});
