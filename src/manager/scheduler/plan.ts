import type { PlanSummary } from '../../protocol/job-report.ts';
import type { ShippedFile } from '../../protocol/job-spec.ts';
import type { Piece } from '../../protocol/manager-orders.ts';

/** All that was decided about a job before it was accepted; re-planning after a restart is never needed. */
export interface JobPlan extends KeptPlan {
  /** What each map task reads, in input order. */
  readonly maps: MapPieces;
}

/** What each of some map tasks reads. */
export type MapPieces = readonly (readonly Piece[])[];

/** Of a plan: what stays as it is in memory and in the journal. */
export interface KeptPlan {
  readonly inputFiles: number;
  readonly inputBytes: number;
  /** 0 for a map-only job. */
  readonly reduces: number;
  readonly output: OutputPlan;
  /** What stands in every attempt's working directory. */
  readonly files: readonly ShippedFile[];
  readonly summary: PlanSummary;
}

/** Where the result goes and how it gets there (spec/commit, Publish). */
export interface OutputPlan {
  /**
   * Absolute, symlinks resolved; the path that jobs reserve. Null: the job's own directory,
   * known once the job has a number.
   */
  readonly directory: string | null;
  /**
   * `rename`: staging beside the output, one rename. `in_place`: staging inside the output, parts
   * renamed in one by one, because the output is a mount point or its parent is not writable.
   */
  readonly mode: 'rename' | 'in_place';
}

/** Where one accepted job's output is staged and published. */
export interface OutputPlace {
  readonly directory: string;
  readonly stagingDirectory: string;
  readonly mode: 'rename' | 'in_place';
}
