import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, type Program, scratch } from '../../e2e/cluster.ts';
import { script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds, SEED } from '../dials.ts';
import { seededRandom } from '../../../src/worker/lifecycle/seeded-random.ts';

/** Managers are killed at lines of their log that a seed chooses, up to three times in a job. */

beforeEach(needsFullRun);

const JOBS = rounds(8);
const KILLS_PER_JOB = 3;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** From when a Manager has listened it says about twice as many lines until such a job is over. */
const LINES_OF_A_JOB = 25;

/** What the Managers were at when the last was killed, by what they said of the job. */
const STAGES: readonly (readonly [string, RegExp])[] = [
  ['publish', /command prepare_publish|command publish /],
  ['reduce', /new_reduce_task|started \S+reduce|reduce-\d+\.\d+ committed/],
  ['map', /new_map_task|started \S+map|map-\d+\.\d+ committed/],
];

describe('a Manager that is killed and started again', () => {
  it(`loses no job and runs no committed task again, over ${String(JOBS)} jobs`, async () => {
    const cluster = await Cluster.start({
      manager: ['--heartbeat-interval', '500ms'],
      workers: ['w1', 'w2', 'w3'].map((name) => ['--slots', '1', '--name', name]),
    });
    const random = seededRandom(SEED);
    const directory = await scratch();
    await mkdir(join(directory, 'in'));
    for (const name of NAMES) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
    await script(directory, 'slow.sh', 'sleep 0.3; cat');
    const kills = new Map<string, number>();
    for (let round = 1; round <= JOBS; round++) {
      const first = cluster.managers.length - 1;
      const client = submit(cluster, directory, round);
      await client.said(/job-\d+ accepted/);
      for (let kill = 0; kill < KILLS_PER_JOB; kill++) {
        const lines = 1 + Math.floor(random() * LINES_OF_A_JOB);
        if (!(await saysMore(cluster.manager, lines, client))) break;
        cluster.manager.signal('SIGKILL');
        await cluster.manager.exited;
        const stage = stageOf(cluster.managers.slice(first), round);
        kills.set(stage, (kills.get(stage) ?? 0) + 1);
        await cluster.spawnManager().said(/listening/);
      }
      expect(await client.exited, client.stderr).toBe(0);
      const output = join(directory, `out-${String(round)}`);
      expect(sortedLines(parts(output)).slice(1)).toEqual(NAMES.map((name) => `${name}\t1`));
      expectNothingTwice(cluster.managers.slice(first), jobName(round));
      expect(JSON.parse(client.stdout)).toMatchObject({
        ...{ maps: { lost: 0, failed: 0 }, reduces: { lost: 0, failed: 0 } },
      });
    }
    const left = (await readdir(directory)).filter((name) => name.startsWith('.'));
    expect(left).toEqual([]);
    const counts = [...kills].map(([stage, count]) => `${String(count)} in ${stage}`).join(', ');
    process.stdout.write(`Killed the Manager over ${String(JOBS)} jobs: ${counts}\n`);
  }, 3_600_000);
});

function jobName(round: number): string {
  return `job-${String(round).padStart(4, '0')}`;
}

function submit(cluster: Cluster, directory: string, round: number): Program {
  const programs = ['-m', './slow.sh', '-r', './slow.sh', '--split-size', '4'];
  const job = ['-i', 'in', '-o', `out-${String(round)}`, ...programs, '--num-reducers', '3'];
  return cluster.submitting([...job, '--json'], { cwd: directory });
}

/** Waits until a Manager has said so many more lines; false if the client was done before. */
async function saysMore(manager: Program, lines: number, client: Program): Promise<boolean> {
  const have = manager.stderr.split('\n').length;
  const more = manager.said(new RegExp(`(?:[^\\n]*\\n){${String(have - 1 + lines)}}`));
  const said = more.then(() => true);
  return Promise.race([said, client.exited.then(() => false)]);
}

function stageOf(managers: readonly Program[], round: number): string {
  const lines = managers.flatMap(({ stderr }) => stderr.split('\n'));
  const text = lines.filter((line) => line.includes(jobName(round)));
  const found = text
    .toReversed()
    .map((line) => STAGES.find(([, pattern]) => pattern.test(line))?.[0])
    .find((stage) => stage !== undefined);
  return found ?? 'map';
}

/** What one Manager says is committed no later one hands out; what has started is committed. */
function expectNothingTwice(managers: readonly Program[], job: string): void {
  const committed = new Set<string>();
  const commits: string[] = [];
  const started = new Set<string>();
  for (const { stderr } of managers) {
    const handedOut = matches(stderr, new RegExp(`new_\\w+_task ${job}/(\\S+)\\.\\d+`, 'g'));
    expect(handedOut.filter((task) => committed.has(task))).toEqual([]);
    for (const attempt of matches(stderr, new RegExp(`started ${job}/(\\S+)`, 'g'))) {
      started.add(attempt);
    }
    const here = matches(stderr, new RegExp(`${job}/(\\S+) committed by`, 'g'));
    commits.push(...here);
    for (const attempt of here) committed.add(attempt.replace(/\.\d+$/, ''));
  }
  expect(commits.length, 'a task is committed once').toBe(committed.size);
  // A commit may be on the disk before the log says so.
  const missing = [...started].filter((attempt) => !commits.includes(attempt));
  const elsewhere = missing.filter((attempt) => committed.has(attempt.replace(/\.\d+$/, '')));
  expect(elsewhere, 'attempts that ran are adopted').toEqual([]);
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}
