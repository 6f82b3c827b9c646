import { taskName } from '../../protocol/ids.ts';
import type { LargestPartition, SampleReport } from '../../protocol/job-report.ts';
import type { Job } from './job.ts';
import { type Commit, commitsOf } from './task.ts';

const KEYS_KEPT = 5;

/** What a sample showed; null for a job that ran whole. */
export function sampleReport(job: Job): SampleReport | null {
  const { sample } = job.plan.summary;
  if (sample === null) return null;
  const reduces = [...commitsOf(job.reduces)];
  return {
    ...sample,
    map_task_ms: totalMs(commitsOf(job.maps)),
    reduce_task_ms: totalMs(reduces),
    longest_reduce_ms: reduces.reduce(
      (longest, { statistics }) => Math.max(longest, statistics.duration_ms),
      0,
    ),
    largest_partition: largestPartition(reduces),
    largest_keys: reduces
      .flatMap(({ statistics }) => statistics.largest_groups)
      .toSorted((a, b) => b.records - a.records)
      .slice(0, KEYS_KEPT),
  };
}

function largestPartition(reduces: readonly Commit[]): LargestPartition | null {
  const [largest] = reduces.toSorted((a, b) => b.statistics.input_bytes - a.statistics.input_bytes);
  if (!largest || largest.statistics.input_bytes === 0) return null;
  const { input_bytes, input_records } = largest.statistics;
  // A reduce counts what it reads.
  return { task: taskName(largest.attempt), input_bytes, input_records: input_records ?? 0 };
}

function totalMs(commits: Iterable<Commit>): number {
  let total = 0;
  for (const { statistics } of commits) total += statistics.duration_ms;
  return total;
}
