import type { ClusterSpec } from '../cluster.ts';
import type { Side } from '../workload.ts';

/** Contenders that several workloads have in common. Results are compared as sorted lines. */

export interface OurJob {
  readonly id: string;
  readonly label: string;
  /** What `mapreduce-submit` is given besides the output. */
  readonly job: string;
  readonly cluster: ClusterSpec;
  readonly needs?: readonly string[];
  /** How the parts are brought into the form that is compared; sorted unless told. */
  readonly result?: string;
  readonly countsFiles?: boolean;
}

/** A job of Muster, from submit to exit, against a cluster that runs. */
export function ours(request: OurJob): Side {
  const { id, label, job, cluster, needs = [], countsFiles = false } = request;
  const out = `out-${id}`;
  const { result = `cat ${out}/part-* | LC_ALL=C sort -S 1G` } = request;
  const line = `mapreduce-submit -q ${job} -o ${out}`;
  const bound = cluster.cpus === undefined ? [] : ['taskset'];
  return {
    id,
    label,
    lines: [line],
    cluster,
    result,
    writes: [out],
    needs: [...needs, ...bound],
    countsFiles,
  };
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
  return {
    id: 'pipeline',
    label: 'map | sort --parallel=2 | reduce',
    lines: ['256M', '1G', '2G'].map(line),
    result: 'LC_ALL=C sort -S 1G pipeline.txt',
    writes: ['pipeline.txt'],
    needs: [program(mapper), 'sort'],
  };
}

/** Chunks of the input mapped and sorted side by side, then merged for one reducer. */
export function parallelSort({ mapper, reducer, input }: Programs): Side {
  const line = (block: string, size: string): string =>
    `mkdir sorted && parallel --pipepart -a ${input} --block ${block} -j2 ` +
    `'${mapper} | LC_ALL=C sort -S ${size} --parallel=1 > sorted/{#}' && ` +
    `LC_ALL=C sort -m sorted/* | ${reducer} > parallel.txt`;
  return {
    id: 'parallel',
    label: 'GNU parallel + sort + merge',
    lines: [line('16M', '256M'), line('32M', '512M'), line('-1', '1G')],
    result: 'LC_ALL=C sort -S 1G parallel.txt',
    writes: ['sorted', 'parallel.txt'],
    needs: [program(mapper), 'parallel', 'sort'],
  };
}

function program(command: string): string {
  return command.split(' ', 1)[0] ?? command;
}
