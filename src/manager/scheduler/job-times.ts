import type { Job } from './job.ts';

/** A moment of the monotonic clock by the wall clock that the job's submission was noted with. */
export function wallTime(job: Job, monoMs: number): number {
  return Math.round(job.submittedAtMs + monoMs - job.submittedMonoMs);
}

/** The other way round. */
export function monoTime(job: Job, wallMs: number): number {
  return wallMs - job.submittedAtMs + job.submittedMonoMs;
}
