import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Benchmark } from '../../bench/benchmark.ts';
import { BENCHMARKS } from '../../bench/benchmarks.ts';
import { pick } from '../../bench/pick.ts';
import { REPOSITORY } from '../../bench/repository.ts';
import { resultsPage } from '../../bench/results-page.ts';
import type { Workload } from '../../bench/workload.ts';
import { MANY_TASKS } from '../../bench/workloads/many-tasks.ts';
import { sortWorkload } from '../../bench/workloads/sort.ts';
import { WORD_COUNT } from '../../bench/workloads/word-count.ts';

function benchmark(name: string, rows: readonly string[]): Benchmark {
  return { name, about: '', rows, run: () => Promise.reject(new Error('not here')) };
}

describe('the list of benchmarks', () => {
  it('has no name twice, so that each can be asked for', () => {
    const names = BENCHMARKS.flatMap(({ name, rows }) => [name, ...rows]);
    expect(names.length).toBe(new Set(names).size);
  });

  it('has the targets that were promised', () => {
    const rows = [WORD_COUNT, sortWorkload(1), MANY_TASKS].flatMap((workload) => workload.rows);
    expect(Object.fromEntries(rows.map((row) => [row.name, row.target]))).toEqual({
      'word-count-parallel': { atMost: 0.45 },
      'word-count-pipeline': { atMost: 0.4 },
      'word-count-cpu': { atMost: 0.55 },
      'word-count-sum': { atMost: 0.28 },
      'word-count-combine': undefined,
      'word-count-array': { atMost: 0.6 },
      'sort-memory': { atMost: 0.85 },
      'sort-external': { atMost: 0.85 },
      'many-tasks-wall': { atMost: 2.5 },
      'many-tasks-files': { atMost: 1000 },
    });
  });
});

describe('a workload', () => {
  const workloads: readonly Workload[] = [WORD_COUNT, sortWorkload(0.1), MANY_TASKS];

  it.each(workloads)('$name names sides and programs that are there', (workload) => {
    const sides = new Set(workload.sides.map(({ id }) => id));
    const named = workload.rows.flatMap(({ ours, peers, less }) => [ours, ...peers, less ?? ours]);
    expect(named.filter((id) => !sides.has(id))).toEqual([]);
    for (const program of workload.programs ?? []) {
      expect(existsSync(join(REPOSITORY, 'bench/programs', program)), program).toBe(true);
    }
  });

  it('sorts with a quarter of the data in memory, at any scale', () => {
    const { sides } = sortWorkload(0.1);
    const small = sides.find(({ id }) => id === 'ours-small')?.cluster;
    expect(small && small.slots * small.sortBuffer).toBe(12.5e6);
    expect(sides.find(({ id }) => id === 'sort-small')?.lines[0]).toContain('-S 12500000b');
  });
});

describe('picking', () => {
  const all = [benchmark('one', ['one-a', 'one-b']), benchmark('two', ['two-a'])];
  const names = (...asked: string[]) => pick(all, asked).map(({ name }) => name);

  it('takes all, or those that are named, themselves or by a row', () => {
    expect(names()).toEqual(['one', 'two']);
    expect(names('two')).toEqual(['two']);
    expect(names('one-b')).toEqual(['one']);
  });

  it('refuses what nothing is called', () => {
    expect(() => names('one', 'thre')).toThrow('Cannot run "thre": there is one, two');
  });
});

describe('the page of results', () => {
  it('leaves out what was not measured at full size, five times', () => {
    const conditions = (scale: number, rounds: number, cpu: string) => {
      const machine = { cores: 2, cpu, memoryGiB: 8, system: 'Linux', versions: { node: 'v20' } };
      return { date: '2030-01-02T03:04:05Z', commit: 'abc', scale, rounds, seed: 1, machine };
    };
    const stored = (row: string, scale: number, rounds: number) => {
      const figure = { row, about: 'x', metric: 'wall' as const, peer: 'p', note: 'y' };
      const last = { ...conditions(scale, rounds, row), figures: [figure], peaks: [], sides: [] };
      return { benchmark: row, figures: [{ figure, conditions: last }], last };
    };
    const page = resultsPage([stored('whole', 1, 5), stored('small', 0.5, 5), stored('few', 1, 4)]);
    expect(page).toContain('| whole |');
    expect(page).toContain('2030-01-02, commit abc, medians of 5 rounds; 2 cores (whole), 8 GiB');
    expect(page).not.toMatch(/small|few/);
  });
});
