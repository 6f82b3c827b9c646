import { attemptName, type AttemptRef, jobName } from './ids.ts';

/**
 * Where things lie under the shared directory, and those of a job in its staging directory.
 * Manager and Workers derive the same paths, so messages need not carry them.
 */

/** `<shared>/cluster.json`: whose directory it is. */
export function clusterFilePath(sharedDirectory: string): string {
  return `${sharedDirectory}/cluster.json`;
}

/** `<shared>/jobs/job-0007` */
export function jobDirectory(sharedDirectory: string, jobId: number): string {
  return `${sharedDirectory}/jobs/${jobName(jobId)}`;
}

/** `<job>/job.json`: what was submitted, and the whole plan. */
export function jobFilePath(sharedDirectory: string, jobId: number): string {
  return `${jobDirectory(sharedDirectory, jobId)}/job.json`;
}

/** `<shared>/files/<sha256>`: a shipped file's content. */
export function shippedFilePath(sharedDirectory: string, sha256: string): string {
  return `${sharedDirectory}/files/${sha256}`;
}

/** `<job>/map/map-00012.2.run`: the sorted map output of one attempt. */
export function runPath(jobDir: string, mapIndex: number, attempt: number): string {
  return `${jobDir}/map/${attemptName({ stage: 'map', task_index: mapIndex, attempt })}.run`;
}

/**
 * `<job>/ranges`: with total order, where keys are cut, as lines {@link RangeCut}. Written once, when
 * all maps are committed for the first time.
 */
export function rangesPath(jobDir: string): string {
  return `${jobDir}/ranges`;
}

/** `<job>/logs/map-00012.2.stderr` */
export function stderrPath(jobDir: string, attempt: Omit<AttemptRef, 'job_id'>): string {
  return `${jobDir}/logs/${attemptName(attempt)}.stderr`;
}

/** `<staging>/attempts/reduce-00003.1`: made by the attempt, holds its part and side files. */
export function attemptDirectory(staging: string, attempt: Omit<AttemptRef, 'job_id'>): string {
  return `${staging}/attempts/${attemptName(attempt)}`;
}

/** The name of an attempt's own output in its directory, before publish gives it a number. */
export const PART_NAME = 'part';
/** The directory beside it that `mapreduce_task_output_dir` names. */
export const SIDE_FILES_NAME = 'side';

/** The directory beside it of what the attempt left out of its input. */
export const BAD_RECORDS_NAME = 'bad';
/** In it: the lines as they are, and of each where it was and why it is there. */
export const BAD_RECORD_FILES = { lines: 'lines', records: 'records' } as const;
/** Where such files of all maps lie in the output. */
export const BAD_OUTPUT_NAME = '_bad';

const PART_DIGITS = 5;

/** `part-00012`; padded to the width of the largest index so that names sort. */
export function partName(index: number, parts: number): string {
  const width = Math.max(PART_DIGITS, String(Math.max(0, parts - 1)).length);
  return `part-${String(index).padStart(width, '0')}`;
}
