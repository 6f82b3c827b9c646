import type { Metric, Target } from './benchmark.ts';
import type { ClusterSpec } from './cluster.ts';

/** One contender: ways to do the same work, of which the fastest counts. */
export interface Side {
  readonly id: string;
  readonly label: string;
  /**
   * Lines for bash, run in the directory with the input and the programs. With several, each is
   * tried once before the rounds, on an input of its own, and the fastest is taken.
   */
  readonly lines: readonly string[];
  /** Ours: the cluster that the line talks to. Its CPU time is added to that of the line. */
  readonly cluster?: ClusterSpec;
  /** A line that writes the result in the form in which all sides must agree, byte for byte. */
  readonly result?: string;
  /** What `lines` wrote, removed as soon as it was looked at. */
  readonly writes?: readonly string[];
  /** Without these programs, or Python modules (`python3:NAME`), it is not run. */
  readonly needs?: readonly string[];
  /** Count the files of map output while it runs. */
  readonly countsFiles?: boolean;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly about: string;
  readonly metric: Metric;
  readonly target?: Target;
  /** Of a `number`. */
  readonly unit?: string;
  /** Id of a side. */
  readonly ours: string;
  /** Ids of sides; the one with the lowest median counts. None for a `number`, of files. */
  readonly peers: readonly string[];
  /** Id of a side whose wall time in the same round is taken off ours. */
  readonly less?: string;
}

/** What an input is made from. */
export interface InputRequest {
  readonly directory: string;
  readonly seed: number;
  readonly scale: number;
}

/** Contenders over the same inputs, and what is read off their times. */
export interface Workload {
  readonly name: string;
  readonly about: string;
  readonly sides: readonly Side[];
  readonly rows: readonly Row[];
  /** Programs of `bench/programs/` that the lines name. */
  readonly programs?: readonly string[];
  /** Left out where no side reads anything. */
  readonly makeInput?: (request: InputRequest) => void;
  /** Short ones are measured this many times as often. */
  readonly roundsFactor?: number;
}
