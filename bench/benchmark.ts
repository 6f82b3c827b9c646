import type { CleanUp } from './clean-up.ts';

/**
 * `wall` and `cpu` divide our time by the peer's, `rate` the peer's by ours, `extra-ms` is how much
 * longer ours takes; a `number` is ours alone, whatever its unit.
 */
export type Metric = 'wall' | 'cpu' | 'rate' | 'extra-ms' | 'number';

/** What a row is held to; one without is there to be known. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One timed run of one side. */
export interface Sample {
  readonly wallMs: number;
  /** User and system time of the whole process tree, the daemons included. */
  readonly cpuMs: number;
  /** Most files of map output that were on disk at once. */
  readonly filesPeak?: number;
}

/** One line of the table: what came out and what should have. */
export interface Figure {
  readonly row: string;
  readonly about: string;
  readonly metric: Metric;
  readonly target?: Target;
  /** Of a `number`, for people: `MiB`, `files`. */
  readonly unit?: string;
  /** Who was measured against; of several the fastest. */
  readonly peer: string;
  /** Undefined together: not run, for the reason in `note`. */
  readonly measured?: Measured;
  readonly note?: string;
}

export interface Measured {
  /** Medians over the rounds, in ms, or in the unit of a `number`. */
  readonly ours: number;
  /** NaN where there is no peer. */
  readonly peers: number;
  /** The median of what the rounds gave, one by one, and its range. */
  readonly value: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What a cluster needed while a benchmark ran. */
export interface ClusterPeaks {
  readonly cluster: string;
  /** Sum of the peaks of the Worker's own processes; programs left out. */
  readonly workerBytes: number;
  readonly workerBytesMax: number;
  readonly managerBytes: number;
  readonly managerBytesMax: number;
  /** Longest time between two heartbeats in the Manager's log. */
  readonly heartbeatGapMs: number;
}

export interface BenchmarkResult {
  readonly figures: readonly Figure[];
  readonly peaks: readonly ClusterPeaks[];
  readonly sides: readonly SideResult[];
}

/** A contender: what was run, and what each round gave. */
export interface SideResult {
  readonly label: string;
  /** The line that was timed, after the choice among its variants. */
  readonly line: string;
  readonly samples: readonly Sample[];
}

/** What a benchmark is given to run with. */
export interface Bench {
  /** An empty directory for everything it writes; removed afterwards. */
  readonly directory: string;
  /** Of the sizes in the table; below 1 for a quick look. */
  readonly scale: number;
  readonly rounds: number;
  /** Every round adds its number to it: no two rounds have the same input. */
  readonly seed: number;
  readonly cleanUp: CleanUp;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
  /** Whether this row was asked for. */
  readonly wants: (row: string) => boolean;
}

/** Something that can be asked for by name, and answers for one or more rows of the table. */
export interface Benchmark {
  readonly name: string;
  readonly about: string;
  readonly rows: readonly string[];
  /** @throws Error when a program fails or an output is wrong. */
  readonly run: (bench: Bench) => Promise<BenchmarkResult>;
}
