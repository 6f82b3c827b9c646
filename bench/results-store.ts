import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchmarkResult, Figure } from './benchmark.ts';
import type { Machine } from './machine.ts';
import { REPOSITORY } from './repository.ts';

/** How and where something was measured. */
export interface Conditions {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly commit: string;
  readonly scale: number;
  readonly rounds: number;
  readonly seed: number;
  readonly machine: Machine;
}

/** A figure and how it was measured. */
export interface StoredFigure {
  readonly figure: Figure;
  readonly conditions: Conditions;
}

/** What is known of one benchmark: rows that were not measured last time stay as they were. */
export interface StoredBenchmark {
  readonly benchmark: string;
  readonly figures: readonly StoredFigure[];
  /** The last run as it came, all rounds of it. */
  readonly last: BenchmarkResult & Conditions;
}

const STORE = join(REPOSITORY, 'bench/results');

/** Stores a result, with all rounds; not to be committed. Gives the path. */
export function store(benchmark: string, result: BenchmarkResult, conditions: Conditions): string {
  const measured = new Set(result.figures.map(({ row }) => row));
  const earlier = readStored(benchmark)?.figures ?? [];
  const stored: StoredBenchmark = {
    benchmark,
    figures: [
      ...earlier.filter(({ figure }) => !measured.has(figure.row)),
      ...result.figures.map((figure) => ({ figure, conditions })),
    ],
    last: { ...conditions, ...result },
  };
  mkdirSync(STORE, { recursive: true });
  const path = join(STORE, `${benchmark}.json`);
  writeFileSync(path, `${JSON.stringify(stored, undefined, 2)}\n`);
  return path;
}

/** What is stored of a benchmark; undefined if it was never run here. */
export function readStored(benchmark: string): StoredBenchmark | undefined {
  mkdirSync(STORE, { recursive: true });
  const name = `${benchmark}.json`;
  if (!readdirSync(STORE).includes(name)) return undefined;
  return JSON.parse(readFileSync(join(STORE, name), 'utf8'));
}
