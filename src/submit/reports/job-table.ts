import type { JobState, JobSummary, StageProgress } from '../../protocol/job-report.ts';
import { describeTime } from '../../runtime/times.ts';
import { humanPercent, humanTime } from './human.ts';
import { printable } from './printable.ts';
import type { Table } from './table.ts';

/** `mapreduce list`: a row per job, the latest first as the Manager sends them. */
export function jobTable(jobs: readonly JobSummary[], wallMs: number): Table {
  return {
    headings: ['JOB', 'STATE', 'MAPS', 'REDUCES', 'SUBMITTED', 'TIME', 'BY', 'NAME', 'OUTPUT'],
    rows: jobs.map((job) => [
      job.job,
      job.state,
      stageCell(job.maps),
      stageCell(job.reduces),
      humanTime(job.submitted_at_ms),
      elapsed(job, wallMs),
      printable(job.submitted_by),
      printable(job.name),
      printable(job.output_directory),
    ]),
  };
}

/** What `mapreduce list` says when it lists nothing. */
export function noJobsLine(finishedToday: number, all: boolean): string {
  if (all) return 'No job was ever submitted here';
  return finishedToday === 0
    ? 'No job is running'
    : `No job is running; ${String(finishedToday)} finished today (--all lists them)`;
}

/** How long a job took, or has been under way; `-` while its beginning is not known. */
export function elapsed(
  job: Pick<JobSummary, 'submitted_at_ms' | 'finished_at_ms'>,
  wallMs: number,
): string {
  if (job.submitted_at_ms === 0) return '-';
  return describeTime(Math.max(0, (job.finished_at_ms ?? wallMs) - job.submitted_at_ms));
}

/** Whether nothing more will happen to a job. */
export function hasEnded(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** `12/28 43 %` */
export function stageCell({
  done,
  tasks,
  bytes_done: read,
  bytes_total: total,
}: StageProgress): string {
  if (tasks === 0) return '-';
  const percent = total > 0 && done < tasks ? humanPercent(read, total) : humanPercent(done, tasks);
  return `${String(done)}/${String(tasks)} ${percent}`;
}
