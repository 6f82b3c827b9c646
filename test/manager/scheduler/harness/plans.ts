import type { JobSpec } from '../../../../src/protocol/job-spec.ts';
import type { JobPlan } from '../../../../src/manager/scheduler/plan.ts';

/** What a test says about a job; everything else is filled in. */
export type Submission = Partial<JobSpec> & { readonly dry_run?: boolean };

/** A word count with `num_mappers` maps and `num_reducers` reduces, to `/out`. */
export function specOf(submission: Submission): JobSpec {
  return {
    input_directory: '/in',
    output_directory: '/out',
    mapper_executable: './map',
    reducer_executable: './reduce',
    num_mappers: 2,
    num_reducers: 1,
    ...submission,
  };
}

const PIECE_BYTES = 100;

/** The name of a job whose input is empty: it has no maps. */
export const EMPTY = 'empty';

/** The plan that the shell would make: one piece of 100 bytes for each map. */
export function planOf(spec: JobSpec): JobPlan {
  const length = spec.job_name === EMPTY ? 0 : (spec.num_mappers ?? 2);
  const maps = Array.from({ length }, (_, index) => [
    {
      path: `/in/file-${String(index)}`,
      start: 0,
      length: PIECE_BYTES,
      file_bytes: PIECE_BYTES,
      inode: 100 + index,
      mtime_ms: 0,
      compression: null,
    },
  ]);
  const reduces = spec.num_reducers ?? 1;
  const inputBytes = PIECE_BYTES * maps.length;
  return {
    inputFiles: maps.length,
    inputBytes,
    maps,
    reduces,
    output: { directory: spec.output_directory, mode: 'rename' },
    files: [],
    summary: {
      input_files: maps.length,
      input_bytes: inputBytes,
      maps: maps.length,
      reduces,
      split_bytes: PIECE_BYTES,
      output_directory: spec.output_directory ?? '',
      reasons: [],
      warnings: [],
      commands: [],
      sample: null,
    },
  };
}
