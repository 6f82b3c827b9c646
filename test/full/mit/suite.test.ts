import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../../e2e/cluster.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds, scaledMs, SEED, TIME_SCALE } from '../dials.ts';
import { type Programs, writePrograms } from './programs.ts';
import { RespawnedWorker } from './respawned-worker.ts';
import { FILES, wordsOf, writeTexts } from './texts.ts';

/**
 * The seven tests of MIT 6.5840 (MapReduce), written anew for programs that are processes.
 * `MUSTER_TIME_SCALE=10` divides all times by ten; `MUSTER_ROUNDS` repeats all of them.
 */

beforeEach(needsFullRun);

const ROUNDS = rounds(1);
/** Far above what they need: only a hang meets it. */
const TIMEOUT_MS = Math.max(60_000, 300_000 / TIME_SCALE);
const MANAGER = ['--heartbeat-interval', `${String(scaledMs(2))}ms`];
/** As many as MIT's programs may need: of 16 runs one is spared with a probability of 1 - 10^-7. */
const PATIENT = ['--max-attempts', '16', '--max-workers-lost', '16'];
const THREE = ['w1', 'w2', 'w3'];

interface Scene {
  readonly cluster: Cluster;
  readonly directory: string;
  readonly programs: Programs;
  /** Runs a job over the eight texts into `out` and gives its report. */
  readonly run: (mapper: string, reducer: string, ...options: string[]) => Promise<Report>;
}

interface Report {
  readonly maps: { readonly tasks: number; readonly attempts: number };
  readonly reduces: { readonly tasks: number; readonly attempts: number };
}

async function scene(workers: readonly string[]): Promise<Scene> {
  const cluster = await Cluster.start({ manager: MANAGER, workers: workers.map(workerNamed) });
  const directory = await scratch();
  const input = await writeTexts(directory);
  const programs = await writePrograms(directory);
  return {
    ...{ cluster, directory, programs },
    run: async (mapper, reducer, ...options) => {
      const job = [...input, '-o', 'out', '-m', mapper, '-r', reducer, '--num-reducers', '10'];
      const outcome = await cluster.submit([...job, '--json', ...options], { cwd: directory });
      expect(outcome.code, outcome.stderr).toBe(0);
      const report = JSON.parse(outcome.stdout) as Report;
      expect(report.maps.tasks).toBe(FILES);
      return report;
    },
  };
}

function workerNamed(name: string): string[] {
  return ['--slots', '1', '--name', name];
}

function outputOf(directory: string): string[] {
  return sortedLines(parts(join(directory, 'out'))).slice(1);
}

/** The right answer of wc. */
async function countedWords(directory: string): Promise<string[]> {
  const counts = new Map<string, number>();
  for (const words of (await wordsOf(directory)).values()) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${word}\t${String(count)}`).toSorted();
}

/** The right answer of indexer. */
async function indexedWords(directory: string): Promise<string[]> {
  const filesOf = new Map<string, string[]>();
  for (const [name, words] of await wordsOf(directory)) {
    for (const word of new Set(words)) filesOf.set(word, [...(filesOf.get(word) ?? []), name]);
  }
  return [...filesOf]
    .map(([word, files]) => `${word}\t${String(files.length)} ${files.toSorted().join(',')}`)
    .toSorted();
}

/** A digest of each file of an output directory, by name. */
async function snapshot(directory: string): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const name of (await readdir(directory)).toSorted()) {
    const content = await readFile(join(directory, name));
    digests.set(name, createHash('sha256').update(content).digest('hex'));
  }
  return digests;
}

for (let round = 1; round <= ROUNDS; round++) {
  describe(`MIT test, round ${String(round)} of ${String(ROUNDS)}`, { timeout: TIMEOUT_MS }, () => {
    it('wc: three Workers give what one process gives', async () => {
      const { directory, programs, run } = await scene(THREE);
      await run(programs.path('wc-map'), programs.path('wc-reduce'));
      expect(outputOf(directory)).toEqual(await countedWords(directory));
    });

    it('indexer: two Workers give what one process gives', async () => {
      const { directory, programs, run } = await scene(['w1', 'w2']);
      await run(programs.path('indexer-map'), programs.path('indexer-reduce'), '--sort-values');
      expect(outputOf(directory)).toEqual(await indexedWords(directory));
    });

    it('map parallelism: two Workers are seen, and two maps alive at once', async () => {
      const { directory, programs, run } = await scene(['w1', 'w2']);
      await run(programs.path('parallel-map'), 'distinct');
      const output = outputOf(directory);
      const workers = output.filter((line) => line.startsWith('worker\t'));
      expect(workers).toEqual(['worker\tw1', 'worker\tw2']);
      expect(output).toContain('alive\t2');
    });

    it('reduce parallelism: at least two reduces see two alive', async () => {
      const { directory, programs, run } = await scene(['w1', 'w2']);
      await run(programs.path('key-map'), programs.path('parallel-reduce'));
      const pairs = outputOf(directory).filter((line) => line.endsWith('\t2'));
      expect(pairs.length).toBeGreaterThanOrEqual(2);
    });

    it('job count: each map runs exactly once', async () => {
      const { cluster, programs, run } = await scene(['w1', 'w2']);
      const more = ['w3', 'w4'].map((name) => cluster.addWorker(workerNamed(name)));
      const [report] = await Promise.all([run(programs.path('count-map'), 'sum'), ...more]);
      const marks = await readdir(programs.marks);
      expect(marks.filter((name) => name.startsWith('run-'))).toHaveLength(8);
      expect(report.maps).toMatchObject({ failed: 0, lost: 0 });
    });

    it('early exit: nobody leaves, and nothing changes, after the client was told', async () => {
      const { cluster, directory, programs, run } = await scene(THREE);
      await run(programs.path('key-map'), programs.path('late-reduce'));
      const told = await snapshot(join(directory, 'out'));
      expect(cluster.workers.map(({ child }) => child.exitCode)).toEqual([null, null, null]);
      expect((await cluster.command('shutdown')).code).toBe(0);
      const daemons = [cluster.manager, ...cluster.workers];
      expect(await Promise.all(daemons.map(({ exited }) => exited))).toEqual([0, 0, 0, 0]);
      expect(await snapshot(join(directory, 'out'))).toEqual(told);
      expect(outputOf(directory)).toEqual('abcdefghij'.split('').map((key) => `${key}\t1`));
    });

    it('crash, of the Worker: the output is that of a run without', async () => {
      const { cluster, directory, programs, run } = await scene([]);
      const loops = THREE.map((name) => RespawnedWorker.start(cluster, name, programs.marks));
      const crash = programs.path('worker-dies');
      const report = await run(
        `${crash} ${programs.path('wc-map')}`,
        `${crash} ${programs.path('wc-reduce')}`,
        ...[...PATIENT, '--env', `SEED=${String(SEED)}-${String(round)}`],
      );
      expect(outputOf(directory)).toEqual(await countedWords(directory));
      expect(loops.reduce((sum, { deaths }) => sum + deaths, 0)).toBeGreaterThan(0);
      expect(report).toMatchObject({ maps: { failed: 0 }, reduces: { failed: 0 } });
    });

    it('crash, of the program: the output is that of a run without', async () => {
      const { directory, programs, run } = await scene(THREE);
      const crash = programs.path('program-fails');
      const report = await run(
        `${crash} ${programs.path('wc-map')}`,
        `${crash} ${programs.path('wc-reduce')}`,
        ...[...PATIENT, '--env', `SEED=${String(SEED)}-${String(round)}`],
      );
      expect(outputOf(directory)).toEqual(await countedWords(directory));
      const { maps, reduces } = report;
      expect(maps.attempts + reduces.attempts).toBeGreaterThan(maps.tasks + reduces.tasks);
    });
  });
}
