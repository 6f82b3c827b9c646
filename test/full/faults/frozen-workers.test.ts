import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, type Program, scratch } from '../../e2e/cluster.ts';
import { open, script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds } from '../dials.ts';
import { committedTasks, committers } from './manager-log.ts';

/** A Worker that was taken for dead wakes up and goes on where it was: a zombie. */

beforeEach(needsFullRun);

const ROUNDS = rounds(12);

const TASKS = ['map-00000', 'map-00001', 'map-00002', 'reduce-00000'];
/** When the frozen Worker wakes up. */
const MOMENTS = ['while its task runs elsewhere', 'when both finish', 'after the job'] as const;

interface Scene {
  readonly cluster: Cluster;
  readonly zombie: Program;
  readonly directory: string;
  readonly gate: string;
}

async function scene(): Promise<Scene> {
  const cluster = await Cluster.start({ manager: ['--heartbeat-interval', '200ms'] });
  const zombie = await cluster.addWorker(['--slots', '1', '--name', 'zombie']);
  await cluster.addWorker(['--slots', '2', '--name', 'w2']);
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  // Three tasks for three slots.
  for (const name of ['a', 'b', 'c']) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
  const gate = join(directory, 'gate');
  const hold = `while [ ! -e ${gate}-$ROUND-$mapreduce_task_id ]; do sleep 0.02; done`;
  await script(directory, 'map.sh', `${hold}; cat`);
  return { cluster, zombie, directory, gate };
}

/** A job during which the Worker freezes with a task, is lost, and wakes up at that moment. */
async function freezeOnce(
  { cluster, zombie, directory, gate }: Scene,
  round: number,
  moment: (typeof MOMENTS)[number] | undefined,
): Promise<void> {
  const job = `job-${String(round).padStart(4, '0')}`;
  const output = `out-${String(round)}`;
  const files = ['-i', 'in', '-o', output, '--split-size', '4', '--num-reducers', '1'];
  const programs = ['-m', './map.sh', '-r', 'cat', '--env', `ROUND=${String(round)}`, '--json'];
  const client = cluster.submitting([...files, ...programs], { cwd: directory });
  const said = (what: string): Promise<RegExpExecArray> =>
    cluster.manager.said(new RegExp(`${job} accepted[\\s\\S]*${what}`));
  const openFor = (task: string): Promise<void> => open(`${gate}-${String(round)}-${task}`);
  const [, task = ''] = await said(`zombie started ${job}/(map-\\d+)\\.1\\n`);
  zombie.signal('SIGSTOP');
  await said('zombie is lost');
  // Its task finds a slot when the others are done.
  for (const other of TASKS) if (other !== task) await openFor(other);
  await said(`w2 started ${job}/${task}\\.2`);
  if (moment === 'while its task runs elsewhere') {
    zombie.signal('SIGCONT');
    await said('zombie is lost[\\s\\S]*zombie is ready');
  }
  await openFor(task);
  if (moment === 'when both finish') zombie.signal('SIGCONT');
  expect(await client.exited, client.stderr).toBe(0);
  if (moment === 'after the job') zombie.signal('SIGCONT');
  await said('zombie is lost[\\s\\S]*zombie is ready');
  expect(await committers(cluster, job, task)).toEqual(['w2']);
  expect(await committedTasks(cluster, job)).toEqual(TASKS);
  expect(sortedLines(parts(join(directory, output)))).toEqual(['', 'a\t1', 'b\t1', 'c\t1']);
  expect(JSON.parse(client.stdout)).toMatchObject({ maps: { lost: 1, failed: 0 } });
}

describe('a zombie Worker', () => {
  it(`commits nothing that another one commits, ${String(ROUNDS)} times`, async () => {
    const at = await scene();
    for (let round = 1; round <= ROUNDS; round++) {
      await freezeOnce(at, round, MOMENTS[round % MOMENTS.length]);
    }
  }, 3_600_000);
});
