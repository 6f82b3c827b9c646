import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { JobReport } from '../../src/protocol/job-report.ts';
import { Cluster, type Outcome, scratch } from '../e2e/cluster.ts';
import { script } from '../e2e/gate.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun, needsPrograms } from '../needs.ts';

/** A mapper that kills the Worker that runs it, with all that runs beside it. */

beforeEach((context) => {
  needsFullRun(context);
  needsPrograms(context, 'readlink');
});

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const POISON = 'c';

/** Kills the first of its ancestors that is Node.js: the Worker. */
const KILL_WORKER = `p=$$
  until case "$(readlink /proc/$p/exe)" in */node*) true ;; *) false ;; esac; do
    p=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$p/status)
  done
  kill -KILL $p
  sleep 600`;

interface Scene {
  readonly directory: string;
  readonly outcome: Outcome;
  readonly report: JobReport;
  readonly deaths: number;
}

/**
 * Runs a job of six maps, one of them poison for `most` Workers, on two Workers that are started
 * again whenever they die.
 */
async function runPoisoned(most: number, args: readonly string[]): Promise<Scene> {
  const cluster = await Cluster.start({ manager: ['--heartbeat-interval', '400ms'] });
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  await Promise.all(NAMES.map((name) => writeFile(join(directory, 'in', name), `${name}\t1\n`)));
  await script(
    directory,
    'map.sh',
    `wait_for_company() {
       for _ in $(seq 50); do
         ls "${directory}/beside-$mapreduce_worker_id-"* >/dev/null 2>&1 && return
         sleep 0.02
       done
     }
     case "$mapreduce_map_input_file" in
       */${POISON})
         for death in $(seq ${String(most)}); do
           if mkdir "${directory}/death-$death" 2>/dev/null; then
             wait_for_company
             ${KILL_WORKER}
           fi
         done ;;
       *)
         : >"${directory}/beside-$mapreduce_worker_id-$mapreduce_task_id"
         sleep 0.5 ;;
     esac
     exec cat`,
  );
  let deaths = 0;
  const keep = async (name: string): Promise<void> => {
    for (;;) {
      const worker = cluster.spawnWorker(['--slots', '3', '--name', name]);
      const code = await Promise.race([worker.exited, over]);
      if (code === 'over') return;
      deaths += 1;
    }
  };
  let end: (word: 'over') => void = () => undefined;
  const over = new Promise<'over'>((resolve) => {
    end = resolve;
  });
  // Also when the test is cut short: those that die then must stay dead.
  onTestFinished(() => end('over'));
  const keepers = ['w1', 'w2'].map((name) => keep(name));
  const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '--num-reducers', '0', '--json'];
  const outcome = await cluster.submit([...job, '--split-size', '4', ...args], { cwd: directory });
  end('over');
  await Promise.all(keepers);
  return { directory, outcome, report: JSON.parse(outcome.stdout), deaths };
}

it(
  'fails the job once it has killed three alone, and nothing beside it is charged',
  { timeout: 120_000 },
  async () => {
    const { outcome, report, deaths } = await runPoisoned(100, []);
    expect(outcome.code, outcome.stderr).toBe(1);
    expect(report.failure?.cause).toBe(
      '3 Workers died while running map-00002 alone: it probably takes them down (--max-workers-lost)',
    );
    expect(report.maps).toMatchObject({ failed: 0 });
    expect(report.maps.lost).toBeGreaterThan(5);
    expect(deaths).toBe(5);
  },
);

it.each([
  [4, 'none', []],
  [7, '--max-workers-lost 16', ['--max-workers-lost', '16']],
] as const)(
  'may kill %i Workers and go on, with options: %s',
  { timeout: 120_000 },
  async (most, _words, args) => {
    const { directory, outcome, report, deaths } = await runPoisoned(most, args);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(report.maps).toMatchObject({ failed: 0 });
    expect(deaths).toBe(most);
    expect(sortedLines(parts(join(directory, 'out')))).toEqual([
      '',
      ...NAMES.map((name) => `${name}\t1`),
    ]);
  },
);
