import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Benchmark, BenchmarkResult } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { CleanUp } from './clean-up.ts';
import { removeDirectory } from './cluster.ts';
import { thisMachine } from './machine.ts';
import { type Options, readOptions } from './options.ts';
import { figureTable, markdown, peaksTable } from './render-table.ts';
import { REPOSITORY } from './repository.ts';
import { writeResultsPage } from './results-page.ts';
import { type Conditions, readStored, store } from './results-store.ts';
import { pick } from './pick.ts';

/** Runs benchmarks by name, prints the table, keeps the results. See README.md. */

const cleanUp = new CleanUp();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    say(`\nInterrupted: ending what was started`);
    void cleanUp.run().then(() => process.exit(128 + constants.signals[signal]));
  });
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  // What was ended on the way has failed, which says nothing.
  if (!cleanUp.isOver) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp.run();
}

async function main(options: Options): Promise<void> {
  const picked = pick(BENCHMARKS, options.names);
  if (options.list) {
    for (const { name, about, rows } of picked) say(`${name}: ${about}\n  ${rows.join(', ')}`);
    return;
  }
  if (options.run) await measure(picked, options);
  if (!options.writeResults) return;
  const stored = BENCHMARKS.flatMap(({ name }) => readStored(name) ?? []);
  say(`Written: ${writeResultsPage(stored)}`);
}

async function measure(picked: readonly Benchmark[], options: Options): Promise<void> {
  const base = resolve(options.directory ?? tmpdir());
  const directory = mkdtempSync(join(base, 'muster-bench-'));
  cleanUp.add(() => removeDirectory(directory));
  const conditions: Conditions = {
    date: new Date().toISOString(),
    commit: commit(),
    scale: options.scale,
    rounds: options.rounds,
    seed: options.seed,
    machine: thisMachine(),
  };
  say(
    `${String(options.rounds)} rounds at scale ${String(options.scale)}, seed ${String(options.seed)}`,
  );
  const results: { readonly benchmark: string; readonly result: BenchmarkResult }[] = [];
  for (const benchmark of picked) {
    const result = await runOne(benchmark, join(directory, benchmark.name), options);
    say(`  stored: ${store(benchmark.name, result, conditions)}\n`);
    results.push({ benchmark: benchmark.name, result });
  }
  say(markdown(figureTable(results.flatMap(({ result }) => result.figures))));
  say(`\n${markdown(peaksTable(results))}`);
}

async function runOne(
  benchmark: Benchmark,
  directory: string,
  { names, scale, rounds, seed }: Options,
): Promise<BenchmarkResult> {
  say(`${benchmark.name}: ${benchmark.about}`);
  mkdirSync(directory);
  const asked = names.filter((name) => benchmark.rows.includes(name));
  const wants = (row: string): boolean =>
    asked.length === 0 || names.includes(benchmark.name) || asked.includes(row);
  const result = await benchmark.run({ directory, scale, rounds, seed, cleanUp, say, wants });
  removeDirectory(directory);
  return result;
}

function commit(): string {
  const words = ['describe', '--always', '--dirty', '--abbrev=9'];
  try {
    return execFileSync('git', words, { cwd: REPOSITORY, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function say(line: string): void {
  console.log(line);
}
