import type { LargestPartition, SampleReport } from '../../protocol/job-report.ts';
import type { Job } from './job.ts';
import type { Commit, Task } from './task.ts';

const KEYS_KEPT = 5;

/** What a sample showed; null for a job that ran whole. */
export function sampleReport(job: Job): SampleReport | null {
  const { sample } = job.plan.summary;
  if (sample === null) return null;
  const maps = job.maps.flatMap(commitOf);
  const reduces = job.reduces.flatMap(commitOf);
  const reduceTimesMs = reduces.map(({ statistics }) => statistics.duration_ms);
  return {
    ...sample,
    map_task_ms: sum(maps.map(({ statistics }) => statistics.duration_ms)),
    reduce_task_ms: sum(reduceTimesMs),
    longest_reduce_ms: reduceTimesMs.reduce((longest, each) => Math.max(longest, each), 0),
    largest_partition: largestPartition(job.reduces),
    largest_keys: reduces
      .flatMap(({ statistics }) => statistics.largest_groups)
      .toSorted((a, b) => b.records - a.records)
      .slice(0, KEYS_KEPT),
  };
}

function largestPartition(reduces: readonly Task[]): LargestPartition | null {
  let largest: LargestPartition | null = null;
  for (const task of reduces) {
    for (const { statistics } of commitOf(task)) {
      if (statistics.input_bytes <= (largest?.input_bytes ?? 0)) continue;
      const { input_bytes, input_records } = statistics;
      largest = { task: task.name, input_bytes, input_records };
    }
  }
  return largest;
}

function commitOf(task: Task): readonly Commit[] {
  return task.state.state === 'committed' ? [task.state.commit] : [];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
