import type { JobReport } from '../../protocol/job-report.ts';
import type { JobEnding } from './job-ending.ts';

/** Where a job is, with what only that place knows. */
export type JobPhase =
  /** Staging is being made, then the `job_accepted` record written. */
  | { readonly phase: 'preparing' }
  /** Maps, or with all of them committed, reduces. */
  | { readonly phase: 'running' }
  | { readonly phase: 'publishing'; readonly step: PublishStep; readonly parts: number }
  /** The output is in place. Attempts that were too late may still write to staging, for so long. */
  | { readonly phase: 'published'; readonly deadlineMs: number }
  /**
   * Attempts are being cancelled; goes on when all have ended, at `deadlineMs` at the latest.
   * Undefined until that it stops is durable: before, a later Manager would go on with the job.
   */
  | {
      readonly phase: 'stopping';
      readonly ending: JobEnding;
      readonly deadlineMs: number | undefined;
    }
  /** Staging is being removed. */
  | { readonly phase: 'cleaning'; readonly ending: JobEnding | null }
  | { readonly phase: 'ended'; readonly report: JobReport };

/** `preparing` can still be cancelled; from `recording` on there is no return. */
export type PublishStep = 'preparing' | 'recording' | 'renaming';

/** Which phases may follow which. */
export const NEXT_PHASES: Readonly<Record<JobPhase['phase'], readonly JobPhase['phase'][]>> = {
  preparing: ['running', 'cleaning'],
  running: ['publishing', 'stopping'],
  publishing: ['publishing', 'stopping', 'published'],
  published: ['cleaning'],
  stopping: ['stopping', 'cleaning'],
  cleaning: ['ended'],
  ended: [],
};
