/**
 * Names of jobs, tasks and attempts, printed the same way everywhere so that `grep` finds them:
 * `job-0007`, `map-00012`, `map-00012.2`.
 */

/** The stages whose tasks run on Workers. */
export type TaskStage = 'map' | 'reduce';

/** In their order. */
export const TASK_STAGES: readonly TaskStage[] = ['map', 'reduce'];

/** One task of one job. `task_index` counts from 0 within its stage. */
export interface TaskRef {
  readonly job_id: number;
  readonly stage: TaskStage;
  readonly task_index: number;
}

/** One try at a task. `attempt` counts from 1 and is never reused. */
export interface AttemptRef extends TaskRef {
  readonly attempt: number;
}

/** Numbers below have four and five digits, with zeros before. */
const JOB_SCALE = 10_000;
const TASK_SCALE = 100_000;

/** Names are made for every message: this takes half as long as `padStart`. */
function digits(number: number, scale: number): string {
  return number < scale ? String(scale + number).slice(1) : String(number);
}

/** `job-0007` */
export function jobName(jobId: number): string {
  return `job-${digits(jobId, JOB_SCALE)}`;
}

/** `map-00012` */
export function taskName(task: Pick<TaskRef, 'stage' | 'task_index'>): string {
  return `${task.stage}-${digits(task.task_index, TASK_SCALE)}`;
}

/** `map-00012.2` */
export function attemptName(attempt: Omit<AttemptRef, 'job_id'>): string {
  return `${taskName(attempt)}.${String(attempt.attempt)}`;
}

/** `job-0007/map-00012.2`: unique in a cluster, usable as a map key. */
export function attemptKey(attempt: AttemptRef): string {
  return `${jobName(attempt.job_id)}/${attemptName(attempt)}`;
}

/** Which attempt a message is about, without the rest of it. */
export function attemptRefOf({ job_id, stage, task_index, attempt }: AttemptRef): AttemptRef {
  return { job_id, stage, task_index, attempt };
}

/** Reads `map-12`, `map-00012` or, with an attempt, `map-00012.2`; undefined when it is neither. */
export function parseTaskName(
  text: string,
): { stage: TaskStage; task_index: number; attempt: number | undefined } | undefined {
  const found = /^(map|reduce)-(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text);
  if (!found) return undefined;
  const stage = found[1] === 'map' ? 'map' : 'reduce';
  const attempt = found[3] === undefined ? undefined : Number(found[3]);
  return { stage, task_index: Number(found[2]), attempt };
}
