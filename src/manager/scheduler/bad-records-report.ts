import type { BadRecordsReport } from '../../protocol/job-report.ts';
import { BAD_RECORDS_MAX } from '../../protocol/limits.ts';
import type { Job } from './job.ts';

/** For reports; null for a job that may leave out none. */
export function badRecordsReport(job: Job): BadRecordsReport | null {
  const limit = badRecordsLimit(job);
  if (limit === 0) return null;
  const searches = job.searches.toSorted((a, b) => (a.task < b.task ? -1 : 1));
  const found = searches.flatMap((search) =>
    search.found.map(({ path, offset, length, cause }) => ({
      task: search.task,
      path,
      offset,
      length,
      cause,
    })),
  );
  return { limit, probes: job.probes, found: found.slice(0, BAD_RECORDS_MAX + 1) };
}

/** How many were found so far, by all maps. */
export function badRecordsIn(job: Job): number {
  return job.searches.reduce((sum, { found }) => sum + found.length, 0);
}

/** How many lines of its input a job may leave out; 0: it looks for none. */
export function badRecordsLimit(job: Job): number {
  return job.spec.skip_bad_records ?? 0;
}
