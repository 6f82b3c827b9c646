import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUNDS_DEFAULT } from './options.ts';
import { figureTable, markdown, peaksTable, sidesTable } from './render-table.ts';
import { REPOSITORY } from './repository.ts';
import type { Conditions, StoredBenchmark } from './results-store.ts';

/** Writes `bench/RESULTS.md` from what is stored; gives the path. */
export function writeResultsPage(stored: readonly StoredBenchmark[]): string {
  const path = join(REPOSITORY, 'bench/RESULTS.md');
  writeFileSync(path, resultsPage(stored));
  return path;
}

/** Only what was measured at full size, in enough rounds, is on the page. */
export function resultsPage(stored: readonly StoredBenchmark[]): string {
  const figures = stored
    .flatMap((benchmark) => benchmark.figures)
    .filter(({ conditions }) => isWhole(conditions));
  const results = stored
    .filter(({ last }) => isWhole(last))
    .map(({ benchmark, last }) => ({ benchmark, result: last }));
  const places = new Set(figures.map(({ conditions }) => place(conditions)));
  return [
    '# Results',
    'Written by `npm run bench -- --write-results`; [README.md](README.md) says what the numbers mean.',
    ...places,
    figures.length === 0
      ? 'Nothing has been measured at full size yet.'
      : markdown(figureTable(figures.map(({ figure }) => figure))),
    ...section('Memory and heartbeats', markdown(peaksTable(results)), results.length),
    ...section('Times of all sides', markdown(sidesTable(results)), results.length),
    '',
  ].join('\n\n');
}

function section(title: string, text: string, results: number): readonly string[] {
  return results === 0 ? [] : [`## ${title}`, text];
}

function isWhole({ scale, rounds }: Conditions): boolean {
  return scale === 1 && rounds >= ROUNDS_DEFAULT;
}

function place({ date, commit, machine, rounds }: Conditions): string {
  const { cores, cpu, memoryGiB, system, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`);
  const head =
    `${date.slice(0, 10)}, commit ${commit}, medians of ${String(rounds)} rounds; ` +
    `${String(cores)} cores (${cpu}), ${String(memoryGiB)} GiB of memory, ${system}:`;
  return [head, '', ...programs].join('\n');
}
