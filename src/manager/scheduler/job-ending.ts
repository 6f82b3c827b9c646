import type { FailureReport } from '../../protocol/job-report.ts';

/** Why a job ends without success. */
export type JobEnding =
  | { readonly outcome: 'failed'; readonly failure: FailureReport }
  | { readonly outcome: 'cancelled'; readonly by: string };
