import type { Benchmark } from './benchmark.ts';
import { runWorkload } from './run-workload.ts';
import type { Workload } from './workload.ts';
import { WORD_COUNT } from './workloads/word-count.ts';

/**
 * Everything that `npm run bench` knows, in the order in which it runs. A workload is data; what
 * fits none is a `Benchmark` of its own.
 */
export const BENCHMARKS: readonly Benchmark[] = [fromWorkload(WORD_COUNT)];

function fromWorkload(workload: Workload): Benchmark {
  const { name, about } = workload;
  const rows = workload.rows.map((row) => row.name);
  return { name, about, rows, run: (bench) => runWorkload(workload, bench) };
}
