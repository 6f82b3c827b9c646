import type {
  CombinerReport,
  Counters,
  JobOutcome,
  JobReport,
  StageProgress,
  StageReport,
} from '../../protocol/job-report.ts';
import type { TaskStage } from '../../protocol/ids.ts';
import type { CounterValue } from '../../protocol/worker-messages.ts';
import { badRecordsReport } from './bad-records-report.ts';
import type { Job } from './job.ts';
import type { JobEnding } from './job-ending.ts';
import { sampleReport } from './sample-report.ts';
import { commitsOf, type Task } from './task.ts';

/** What stays of a job: totals over its committed attempts, and why it ended as it did. */
export function buildReport(job: Job, ending: JobEnding | null, nowMs: number): JobReport {
  const outcome: JobOutcome = ending?.outcome ?? 'succeeded';
  const output = outputOf(job);
  const durationMs = Math.round(nowMs - job.submittedMonoMs);
  const succeeded = outcome === 'succeeded';
  return {
    schema_version: 1,
    job_id: job.id,
    job: job.name,
    name: job.spec.job_name ?? '',
    outcome,
    submitted_at_ms: job.submittedAtMs,
    finished_at_ms: job.submittedAtMs + durationMs,
    duration_ms: durationMs,
    input_files: job.plan.inputFiles,
    input_bytes: job.plan.inputBytes,
    output_directory: job.place.directory,
    output_parts: succeeded ? job.outputParts : 0,
    output_bytes: succeeded ? output.bytes : 0,
    output_records: succeeded ? output.records : 0,
    maps: stageReport(job, 'map'),
    reduces: stageReport(job, 'reduce'),
    combiner: combinerReport(job),
    counters: countersOf(job),
    failure: ending?.outcome === 'failed' ? ending.failure : null,
    cancelled_by: ending?.outcome === 'cancelled' ? ending.by : null,
    kept_bytes: job.keptBytes,
    warnings: job.warnings,
    sample: sampleReport(job),
    bad_records: badRecordsReport(job),
  };
}

/** Of all parts together. */
function outputOf(job: Job): { readonly bytes: number; readonly records: number } {
  const total = { bytes: 0, records: 0 };
  for (const { outputs } of commitsOf(job.plan.reduces > 0 ? job.reduces : job.maps)) {
    for (const { name, bytes, records } of outputs) {
      if (name !== 'part') continue;
      total.bytes += bytes;
      total.records += records;
    }
  }
  return total;
}

function stageReport(job: Job, stage: TaskStage): StageReport {
  const tasks = stage === 'map' ? job.maps : job.reduces;
  const times = job.stageTimes[stage];
  return {
    tasks: tasks.length,
    ...job.attemptCounts[stage],
    ...totalsOf(tasks),
    duration_ms:
      times.fromMs === undefined ? 0 : Math.max(0, Math.round(times.toMs - times.fromMs)),
  };
}

type StageTotals = Pick<
  StageReport,
  'input_bytes' | 'input_records' | 'output_bytes' | 'output_records' | 'spills'
>;

/** Without a list of the commits: there may be very many. */
function totalsOf(tasks: readonly Task[]): StageTotals {
  const total = {
    input_bytes: 0,
    /** Null when one of them is not known. */
    input_records: 0 as number | null,
    output_bytes: 0,
    output_records: 0,
  };
  const spills = { min: Number.POSITIVE_INFINITY, max: 0, total: 0 };
  for (const { statistics } of commitsOf(tasks)) {
    total.input_bytes += statistics.input_bytes;
    total.output_bytes += statistics.output_bytes;
    total.output_records += statistics.output_records;
    total.input_records = sumIfKnown(total.input_records, statistics.input_records);
    spills.min = Math.min(spills.min, statistics.spills);
    spills.max = Math.max(spills.max, statistics.spills);
    spills.total += statistics.spills;
  }
  const min = Number.isFinite(spills.min) ? spills.min : 0;
  return { ...total, spills: { ...spills, min } };
}

function sumIfKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** A job without reduces never runs its combiner. */
function combinerReport(job: Job): CombinerReport | null {
  if (job.spec.combiner_executable === undefined || job.plan.reduces === 0) return null;
  const total = { input_records: 0, output_records: 0, skipped_records: 0 };
  for (const { statistics } of commitsOf(job.maps)) {
    total.input_records += statistics.combine_input_records;
    total.output_records += statistics.combine_output_records;
    total.skipped_records += statistics.combine_skipped_records;
  }
  return total;
}

/** Live numbers of one stage; an ended job has them from its report. */
export function stageProgress(job: Job, stage: TaskStage): StageProgress {
  if (job.phase.phase === 'ended') return finishedProgress(job, job.phase.report, stage);
  const bytesTotal = stage === 'map' ? job.plan.inputBytes : reduceInput(job);
  const tasks = stage === 'map' ? job.maps : job.reduces;
  let { bytesDone } = job.tallies[stage];
  let running = 0;
  for (const attempt of job.attempts) {
    if (attempt.ref.stage !== stage || attempt.startedAtMs === undefined) continue;
    running += 1;
    const limit = stage === 'map' ? tasks[attempt.ref.task_index]?.inputBytes : bytesTotal;
    bytesDone += Math.min(attempt.bytesRead, limit ?? 0);
  }
  return {
    tasks: tasks.length,
    done: doneOf(job, stage),
    running,
    failed: job.attemptCounts[stage].failed,
    lost: job.attemptCounts[stage].lost,
    backups: job.attemptCounts[stage].backups,
    bytes_done: Math.min(bytesDone, bytesTotal),
    bytes_total: bytesTotal,
  };
}

/** What the reduces will read; 0 while maps are missing, for nobody knows yet. */
function reduceInput(job: Job): number {
  if (!job.allMapsCommitted) return 0;
  return job.tallies.map.outputBytes;
}

function doneOf(job: Job, stage: TaskStage): number {
  return stage === 'map' ? job.mapsCommitted : job.reducesCommitted;
}

function finishedProgress(job: Job, report: JobReport, stage: TaskStage): StageProgress {
  const part = stage === 'map' ? report.maps : report.reduces;
  const done = doneOf(job, stage);
  // Of a stage that did not end only the input of the whole job is known.
  const planned = stage === 'map' ? report.input_bytes : 0;
  return {
    tasks: part.tasks,
    done,
    running: 0,
    failed: part.failed,
    lost: part.lost,
    backups: part.backups,
    bytes_done: part.input_bytes,
    bytes_total: done === part.tasks ? part.input_bytes : Math.max(planned, part.input_bytes),
  };
}

/** Exact sums of the counters of all committed attempts; a voided map is not among them. */
export function countersOf(job: Job): Counters {
  const groups = new Map<string, Map<string, bigint>>();
  for (const tasks of [job.maps, job.reduces]) {
    for (const { counters } of commitsOf(tasks)) {
      for (const counter of counters) addOne(groups, counter);
    }
  }
  const sorted = [...groups].toSorted(([a], [b]) => compareText(a, b));
  return Object.fromEntries(
    sorted.map(([group, names]) => [
      group,
      Object.fromEntries(
        [...names]
          .toSorted(([a], [b]) => compareText(a, b))
          .map(([name, value]) => [name, String(value)]),
      ),
    ]),
  );
}

function addOne(groups: Map<string, Map<string, bigint>>, counter: CounterValue): void {
  const names = groups.get(counter.group) ?? new Map<string, bigint>();
  groups.set(counter.group, names);
  names.set(counter.name, (names.get(counter.name) ?? 0n) + BigInt(counter.value));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
