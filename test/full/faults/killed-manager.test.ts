import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../../e2e/cluster.ts';
import { steadyPort } from '../../steady-port.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds, SEED } from '../dials.ts';
import { INPUTS, KilledJob, writeProgram } from './killed-job.ts';
import { seededRandom } from '../../../src/worker/lifecycle/seeded-random.ts';

/** Managers are killed at moments that a seed chooses, up to three times in a job. */

beforeEach(needsFullRun);

const JOBS = rounds(8);
const KILLS_PER_JOB = 3;

/** Where to strike: behind which line, how many lines later at most, and how often of all. */
const AIMS = [
  { after: /client_message new_manager_job/, lines: 4, share: 0.14 },
  { after: /job-\d+ (?:accepted|goes on)/, lines: 20, share: 0.4 },
  { after: /started \S+reduce|goes on: 8 of 8 maps/, lines: 8, share: 0.3 },
  { after: /command prepare_publish|goes on: 8 of 8 maps and 3 of 3/, lines: 6, share: 0.16 },
] as const;

describe('a Manager that is killed and started again', () => {
  it(`loses no job and runs no committed task again, over ${String(JOBS)} jobs`, async () => {
    const cluster = await Cluster.start({
      port: await steadyPort(),
      manager: ['--heartbeat-interval', '500ms'],
      workers: ['w1', 'w2', 'w3'].map((name) => ['--slots', '1', '--name', name]),
    });
    const random = seededRandom(SEED);
    const directory = await scratch();
    await mkdir(join(directory, 'in'));
    for (const [name, text] of INPUTS) await writeFile(join(directory, 'in', name), text);
    await writeProgram(directory);
    const kills = new Map<string, number>();
    const count = (what: string): unknown => kills.set(what, (kills.get(what) ?? 0) + 1);
    for (let round = 1; round <= JOBS; round++) {
      const job = new KilledJob(cluster, directory, round);
      for (const { after, lines } of drawAims(random)) {
        if (!(await job.says(after, Math.floor(random() * (lines + 1))))) break;
        const { stage, isRunning } = await job.killManager();
        count(`in ${stage}`);
        if (isRunning) count('while programs ran');
      }
      await job.expectNothingLost();
      for (let lost = 0; lost < job.startedInVain; lost += 1) count('orders not noted yet');
    }
    const left = (await readdir(directory)).filter((name) => name.startsWith('.'));
    expect(left).toEqual([]);
    const counts = [...kills].map(([what, times]) => `${String(times)} ${what}`).join(', ');
    process.stdout.write(`Killed the Manager over ${String(JOBS)} jobs: ${counts}\n`);
  }, 3_600_000);
});

/** As a job meets them. */
function drawAims(random: () => number): readonly (typeof AIMS)[number][] {
  const draws = Array.from({ length: KILLS_PER_JOB }, () => drawAim(random()));
  return draws.toSorted((a, b) => AIMS.indexOf(a) - AIMS.indexOf(b));
}

function drawAim(draw: number): (typeof AIMS)[number] {
  let below = 0;
  for (const aim of AIMS) {
    below += aim.share;
    if (draw < below) return aim;
  }
  return AIMS[1];
}
