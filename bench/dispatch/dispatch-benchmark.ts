import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Benchmark, BenchmarkResult, Figure, Target } from '../benchmark.ts';
import { median } from '../statistics.ts';
import { type DispatchResult, measureDispatch } from './measure-dispatch.ts';

const WORKERS = 2000;
const TASKS = 200_000;
/** Fewer would end while Workers still get their first. */
const TASKS_MIN = 3 * WORKERS;
const HEARTBEAT_MS = 2000;
const PACED_PER_SECOND = 5000;
const MB = 1_000_000;
const NO_PEER = `${String(WORKERS)} simulated Workers`;

/** A row of the table, read off the runs. */
interface Row {
  readonly row: string;
  readonly about: string;
  readonly unit: string;
  readonly target?: Target;
  readonly read: (result: DispatchResult) => number;
}

/** Tasks that are done as soon as they come. */
export const DISPATCH: Benchmark = dispatchBenchmark({
  name: 'dispatch',
  about: 'how many tasks the Manager hands out when they take no time',
  taskMs: 0,
  rows: [
    {
      row: 'dispatch-rate',
      about: '200,000 tasks of no length, assignments',
      unit: 'per s',
      target: { atLeast: 10_000 },
      read: (result) => result.perSecond,
    },
    {
      row: 'dispatch-memory',
      about: 'same, peak memory of the Manager',
      unit: 'MB',
      target: { atMost: 300 },
      read: (result) => result.managerPeakBytes / MB,
    },
    {
      row: 'dispatch-cpu',
      about: 'same, CPU time of the Manager for one assignment',
      unit: 'µs',
      read: (result) => result.managerCpuMicrosEach,
    },
  ],
});

/** Tasks that last so long that the slots ask for 5,000 a second. */
export const DISPATCH_PACED: Benchmark = dispatchBenchmark({
  name: 'dispatch-paced',
  about: 'how soon a Worker that finished gets its next task, at 5,000 a second',
  taskMs: (1000 * WORKERS) / PACED_PER_SECOND,
  rows: [
    {
      row: 'dispatch-refill',
      about: '5,000 tasks a second, p99 from a report to the next order',
      unit: 'ms',
      target: { atMost: 50 },
      read: (result) => result.refillMs.p99,
    },
    {
      row: 'dispatch-paced-rate',
      about: 'same, assignments',
      unit: 'per s',
      read: (result) => result.perSecond,
    },
  ],
});

function dispatchBenchmark(options: {
  readonly name: string;
  readonly about: string;
  readonly taskMs: number;
  readonly rows: readonly Row[];
}): Benchmark {
  const { name, about, rows, taskMs } = options;
  return {
    name,
    about,
    rows: rows.map(({ row }) => row),
    run: async (bench): Promise<BenchmarkResult> => {
      const results: DispatchResult[] = [];
      for (let round = 1; round <= bench.rounds; round += 1) {
        const result = await runOnce(bench, round, taskMs);
        bench.say(`round ${String(round)}: ${describe(result)}`);
        results.push(result);
      }
      const wanted = rows.filter(({ row }) => bench.wants(row));
      return { figures: wanted.map((row) => figureOf(row, results)), peaks: [], sides: [] };
    },
  };
}

async function runOnce(bench: Bench, round: number, taskMs: number): Promise<DispatchResult> {
  const directory = join(bench.directory, `round-${String(round)}`);
  mkdirSync(directory);
  try {
    return await measureDispatch({
      directory,
      workers: WORKERS,
      tasks: Math.max(TASKS_MIN, Math.round(TASKS * bench.scale)),
      taskMs,
      generators: 1,
      heartbeatMs: HEARTBEAT_MS,
      cleanUp: bench.cleanUp,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function describe(result: DispatchResult): string {
  const { assignments, workersLost, perSecond, managerCpuMicrosEach, managerPeakBytes, refillMs } =
    result;
  return [
    `${String(assignments)} assignments`,
    ...(workersLost === 0 ? [] : [`${String(workersLost)} Workers lost`]),
    `${perSecond.toFixed(0)} per s`,
    `Manager ${managerCpuMicrosEach.toFixed(0)} µs each and ${(managerPeakBytes / MB).toFixed(0)} MB`,
    `refill p50 ${refillMs.p50.toFixed(1)}, p99 ${refillMs.p99.toFixed(1)} ms`,
  ].join(', ');
}

function figureOf({ read, ...row }: Row, results: readonly DispatchResult[]): Figure {
  const values = results.map(read);
  const value = median(values);
  return {
    ...row,
    metric: 'number',
    peer: NO_PEER,
    measured: {
      ours: value,
      peers: Number.NaN,
      value,
      lowest: Math.min(...values),
      highest: Math.max(...values),
    },
  };
}
