import type { CleanUp } from './clean-up.ts';

/** Ours against a peer's, or, for `extra-ms`, how much longer ours takes. */
export type Metric = 'wall' | 'cpu' | 'rate' | 'extra-ms' | 'count';

/** What the issue of a row is held to; a row without one is there to be known. */
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
  /** Who was measured against; of several the fastest. */
  readonly peer: string;
  /** Undefined together: not run, for the reason in `note`. */
  readonly measured?: Measured;
  readonly note?: string;
}

export interface Measured {
  /** Medians over the rounds; ms for `wall`, `cpu`, `extra-ms` and `rate`, else plain numbers. */
  readonly ours: number;
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
  /** Command lines that were timed, by side, after the choice among their variants. */
  readonly commands: Readonly<Record<string, string>>;
  /** All samples, by side, one a round. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
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
