import { parseArgs } from 'node:util';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { countTransitions } from './count-transitions.ts';
import { printTotals } from './print-totals.ts';
import { type BrokenSeed, runSeeds, type SeedRange } from './run-seeds.ts';
import { simulate } from './simulation.ts';
import { Totals } from './totals.ts';

/** `npm run sim -- --seeds 2000`, or `-- --seed 1234` for the story of one. */

interface ThreadResult {
  readonly broken: readonly BrokenSeed[];
  readonly totals: Totals;
}

const USAGE =
  'usage: npm run sim -- [--seeds N] [--from N] [--threads N] [--json] | --seed N (tells its story)';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string', default: '2000' },
      from: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(availableParallelism()) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.seed !== undefined) return tellStory(Number(values.seed));
  return runMany({
    count: Number(values.seeds),
    from: Number(values.from),
    threads: Number(values.threads),
    isJson: values.json,
  });
}

async function tellStory(seed: number): Promise<number> {
  const { plan, violation } = await simulate(seed, { totals: new Totals(), write: console.log });
  console.log(JSON.stringify(plan, undefined, 2));
  console.log(violation ? (violation.stack ?? violation.message) : 'All invariants hold');
  return violation ? 1 : 0;
}

async function runMany(options: {
  readonly count: number;
  readonly from: number;
  readonly threads: number;
  readonly isJson: boolean;
}): Promise<number> {
  const { count, from, threads, isJson } = options;
  const startedMs = performance.now();
  const results = await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      runThread({ from: from + thread, count: count - thread, stride: threads }),
    ),
  );
  const totals = new Totals();
  for (const result of results) totals.add(result.totals);
  const broken = results.flatMap((result) => result.broken).toSorted((a, b) => a.seed - b.seed);
  const seconds = (performance.now() - startedMs) / 1000;
  if (isJson) {
    const { seeds, events } = totals;
    const faults = Object.fromEntries(totals.faults);
    const transitions = Object.fromEntries(totals.transitions);
    console.log(JSON.stringify({ seeds, events, seconds, broken, faults, transitions }));
  } else {
    printTotals(totals, seconds);
    for (const { seed, message } of broken) {
      console.log(`npm run sim -- --seed ${String(seed)}   # ${message.split('\n')[0] ?? ''}`);
    }
  }
  return broken.length === 0 ? 0 : 1;
}

function runThread(range: SeedRange): Promise<ThreadResult> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: range });
    thread.on('message', resolve);
    thread.on('error', reject);
  });
}

async function work(range: SeedRange): Promise<void> {
  const totals = new Totals();
  countTransitions(totals);
  const broken = await runSeeds(range, { totals, assertionsAreCrashes: false, brokenMax: 20 });
  parentPort?.postMessage({ broken, totals });
}

if (isMainThread) process.exitCode = await main();
else await work(workerData as SeedRange);
