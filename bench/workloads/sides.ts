import { type ClusterSpec, DEFAULT_CLUSTER } from '../cluster.ts';
import type { Side } from '../workload.ts';

/** Contenders that several workloads have in common. Results are compared as sorted lines. */

/** Puts lines in one order, quickly. */
const IN_ORDER = 'LC_ALL=C sort -S 2G --parallel=2';

export interface OurJob {
  readonly id: string;
  readonly label: string;
  /** What `mapreduce-submit` is given besides the output. */
  readonly job: string;
  /** Two slots with default buffers, unless told. */
  readonly cluster?: ClusterSpec;
  readonly needs?: readonly string[];
  /** From `parts`, how the output is brought into the form that is compared; sorted unless told. */
  readonly result?: (parts: string) => string;
  readonly countsFiles?: boolean;
}

/** A job of Muster, from submit to exit, against a cluster that runs. */
export function ours(request: OurJob): Side {
  const { id, label, job, cluster = DEFAULT_CLUSTER, needs = [], countsFiles = false } = request;
  const { result = (parts: string) => `cat ${parts} | ${IN_ORDER}` } = request;
  const bound = cluster.cpus === undefined ? [] : ['taskset'];
  return {
    id,
    label,
    lines: [`mapreduce-submit -q ${job} -o out-${id}`],
    cluster,
    result: result(`out-${id}/part-*`),
    writes: [`out-${id}`],
    needs: [...needs, ...bound],
    countsFiles,
  };
}

/** A peer that writes one file, `ID.txt`. */
export function peer(request: {
  readonly id: string;
  readonly label: string;
  readonly lines: readonly string[];
  readonly needs: readonly string[];
  /** A line that writes to stdout what is compared; the sorted file unless told. */
  readonly result?: string;
  /** What else it writes. */
  readonly writes?: readonly string[];
}): Side {
  const { id, writes = [] } = request;
  const file = `${id}.txt`;
  return { result: `${IN_ORDER} ${file}`, ...request, writes: [file, ...writes] };
}

export interface Programs {
  readonly mapper: string;
  readonly reducer: string;
  readonly input: string;
}

/** The pipeline that everybody knows: `map | sort | reduce`. */
export function pipelineSort({ mapper, reducer, input }: Programs): Side {
  const line = (size: string): string =>
    `${mapper} ${input} | LC_ALL=C sort -S ${size} --parallel=2 | ${reducer} > pipeline.txt`;
  return peer({
    id: 'pipeline',
    label: 'map | sort --parallel=2 | reduce',
    lines: ['256M', '1G', '2G'].map(line),
    needs: [program(mapper), 'sort'],
  });
}

/** Chunks of the input mapped and sorted side by side, then merged for one reducer. */
export function parallelSort({ mapper, reducer, input }: Programs): Side {
  const line = (block: string, size: string): string =>
    `mkdir sorted && parallel --pipepart -a ${input} --block ${block} -j2 ` +
    `'${mapper} | LC_ALL=C sort -S ${size} --parallel=1 > sorted/{#}' && ` +
    `LC_ALL=C sort -m sorted/* | ${reducer} > parallel.txt`;
  return peer({
    id: 'parallel',
    label: 'GNU parallel + sort + merge',
    lines: [line('16M', '256M'), line('32M', '512M'), line('-1', '1G')],
    needs: [program(mapper), 'parallel', 'sort'],
    writes: ['sorted'],
  });
}

/** The same with the reducer over every chunk too, as a combiner: it must be able to be one. */
export function parallelCombine({ mapper, reducer, input }: Programs): Side {
  const line = (block: string, size: string): string =>
    `mkdir sorted && parallel --pipepart -a ${input} --block ${block} -j2 ` +
    `'${mapper} | LC_ALL=C sort -S ${size} --parallel=1 | ${reducer} > sorted/{#}' && ` +
    `LC_ALL=C sort -m sorted/* | ${reducer} > parallel-combine.txt`;
  return peer({
    id: 'parallel-combine',
    label: 'GNU parallel + sort + reduce + merge',
    lines: [line('16M', '256M'), line('-1', '1G')],
    needs: [program(mapper), 'parallel', 'sort'],
    writes: ['sorted'],
  });
}

/** What every start of ours costs before a line of it runs. */
export const NODE: Side = {
  id: 'node',
  label: 'node -e 0',
  lines: ['node -e 0'],
};

function program(command: string): string {
  return command.split(' ', 1)[0] ?? command;
}
