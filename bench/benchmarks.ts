import type { Benchmark } from './benchmark.ts';
import { DISPATCH, DISPATCH_PACED } from './dispatch/dispatch-benchmark.ts';
import { runWorkload } from './run-workload.ts';
import type { Workload } from './workload.ts';
import { ACCESS_LOG } from './workloads/access-log.ts';
import { CLIENT_START } from './workloads/client-start.ts';
import { FRAMEWORK_PEERS } from './workloads/frameworks.ts';
import { GREP } from './workloads/grep.ts';
import { JOIN_TABLES } from './workloads/join.ts';
import { LONG_KEYS } from './workloads/long-keys.ts';
import { MANY_TASKS } from './workloads/many-tasks.ts';
import { MIN_MEAN_MAX } from './workloads/min-mean-max.ts';
import { SKEW } from './workloads/skew.ts';
import { SMALL_JOB } from './workloads/small-job.ts';
import { sortWorkload } from './workloads/sort.ts';
import { SPEED_UP } from './workloads/speed-up.ts';
import { TINY_FILES } from './workloads/tiny-files.ts';
import { WORD_COUNT } from './workloads/word-count.ts';
import { WORD_COUNT_GAWK } from './workloads/word-count-gawk.ts';

/**
 * Everything that `npm run bench` knows, in the order in which it runs. A workload is data; what
 * fits none is a `Benchmark` of its own.
 */
export const BENCHMARKS: readonly Benchmark[] = [
  fromWorkload(WORD_COUNT),
  scaled(sortWorkload),
  fromWorkload(GREP),
  fromWorkload(JOIN_TABLES),
  fromWorkload(MIN_MEAN_MAX),
  fromWorkload(ACCESS_LOG),
  fromWorkload(LONG_KEYS),
  fromWorkload(TINY_FILES),
  fromWorkload(SKEW),
  fromWorkload(SPEED_UP),
  fromWorkload(SMALL_JOB),
  fromWorkload(CLIENT_START),
  fromWorkload(MANY_TASKS),
  DISPATCH,
  DISPATCH_PACED,
  fromWorkload(WORD_COUNT_GAWK),
  fromWorkload(FRAMEWORK_PEERS),
];

/** One whose lines or clusters depend on the scale, too. */
function scaled(workloadAt: (scale: number) => Workload): Benchmark {
  const benchmark = fromWorkload(workloadAt(1));
  return { ...benchmark, run: (bench) => runWorkload(workloadAt(bench.scale), bench) };
}

function fromWorkload(workload: Workload): Benchmark {
  const { name, about } = workload;
  const rows = workload.rows.map((row) => row.name);
  return { name, about, rows, run: (bench) => runWorkload(workload, bench) };
}
