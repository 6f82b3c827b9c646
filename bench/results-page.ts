import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUNDS_DEFAULT } from './options.ts';
import { figureTable, markdown, peaksTable } from './render-table.ts';
import { REPOSITORY } from './repository.ts';
import type { Conditions, StoredBenchmark, StoredFigure } from './results-store.ts';

/** Writes `bench/RESULTS.md` from what is stored; gives the path. */
export function writeResultsPage(stored: readonly StoredBenchmark[]): string {
  const path = join(REPOSITORY, 'bench/RESULTS.md');
  writeFileSync(path, resultsPage(stored));
  return path;
}

/** Only figures of full size and enough rounds are on the page. */
export function resultsPage(stored: readonly StoredBenchmark[]): string {
  const figures = stored.flatMap((benchmark) => benchmark.figures).filter(isWhole);
  const peaks = stored
    .filter(({ last }) => isWhole({ conditions: last }))
    .flatMap(({ benchmark, peaks: found }) => found.map((one) => ({ benchmark, peaks: one })));
  const conditions = figures.map((figure) => figure.conditions);
  return [
    '# Results',
    'Written by `npm run bench -- --write-results`; [README.md](README.md) says what the numbers mean.',
    ...distinct(conditions.map(place)),
    figures.length === 0
      ? 'Nothing has been measured at full size yet.'
      : markdown(figureTable(figures.map(({ figure }) => figure))),
    ...(peaks.length === 0 ? [] : ['## Memory and heartbeats', markdown(peaksTable(peaks))]),
    '',
  ].join('\n\n');
}

function isWhole({ conditions }: Pick<StoredFigure, 'conditions'>): boolean {
  return conditions.scale === 1 && conditions.rounds >= ROUNDS_DEFAULT;
}

function place({ date, commit, machine, rounds }: Conditions): string {
  const { cores, cpu, memoryGiB, system, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`);
  return [
    `${date.slice(0, 10)}, commit ${commit}, medians of ${String(rounds)} rounds; ` +
      `${String(cores)} cores (${cpu}), ${String(memoryGiB)} GiB of memory, ${system}:`,
    '',
    ...programs,
  ].join('\n');
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
