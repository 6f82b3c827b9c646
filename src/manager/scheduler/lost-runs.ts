import { attemptKey, attemptName, taskName } from '../../protocol/ids.ts';
import type { Context } from './context.ts';
import type { UnreadableRun } from './events.ts';
import { noteUnfit } from './fitness.ts';
import type { Job } from './job.ts';
import type { MapVoidedRecord } from './records.ts';
import { advance } from './stages.ts';
import type { Attempt } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** Map output that a reduce could not read: checked, voided, mapped again. */

/**
 * A reduce could not read a map's run: the Manager looks for itself, once for all who report it,
 * before it believes. Reports of runs that do not count any more are of the past.
 */
export function suspectRun(
  ctx: Context,
  job: Job,
  reporter: WorkerRecord,
  run: { readonly map_index: number; readonly attempt: number },
): void {
  const state = job.maps[run.map_index]?.state;
  if (state?.state !== 'committed' || state.commit.attempt.attempt !== run.attempt) return;
  const key = attemptKey(state.commit.attempt);
  const reporters = job.suspects.get(key);
  if (reporters) {
    reporters.add(reporter);
    return;
  }
  job.suspects.set(key, new Set([reporter]));
  ctx.emit({ type: 'check_run', run: state.commit.attempt });
}

/** Only a run that the Manager, too, finds broken is voided. */
export function runChecked(ctx: Context, run: Attempt['ref'], problem: string | null): void {
  const job = ctx.jobs.get(run.job_id);
  const state = job?.maps[run.task_index]?.state;
  if (!job?.isRunning || state?.state !== 'committed') return;
  if (state.commit.attempt.attempt !== run.attempt) return;
  if (problem === null) return clearSuspicion(ctx, job, run);
  ctx.log('warn', `${job.name}/${attemptName(run)} is void: ${problem}`);
  ctx.tell(job, { kind: 'map_voided', task: taskName(run), cause: problem });
  ctx.emit({ type: 'append', record: { type: 'map_voided', attempt: run } });
}

/** The manifest could not be written for want of these runs: their maps run again. */
export function runsUnreadable(
  ctx: Context,
  jobId: number,
  version: number,
  runs: readonly UnreadableRun[],
): void {
  const job = ctx.jobs.get(jobId);
  if (!job) return;
  job.manifestUnderWay = false;
  if (!job.isRunning) return;
  if (version !== job.manifestVersion || job.manifestStale) {
    job.manifestStale = false;
    return advance(ctx, job);
  }
  for (const { map_index, attempt, problem } of runs) {
    runChecked(ctx, { job_id: jobId, stage: 'map', task_index: map_index, attempt }, problem);
  }
}

/** The run is sound: whoever said otherwise has a fault of its own. */
function clearSuspicion(ctx: Context, job: Job, run: Attempt['ref']): void {
  const key = attemptKey(run);
  const reporters = job.suspects.get(key) ?? [];
  job.suspects.delete(key);
  for (const worker of reporters) noteUnfit(ctx, worker, `could not read ${key}, which is sound`);
}

/** Exactly that map runs again, ahead of all reduces. */
export function mapVoided(ctx: Context, record: MapVoidedRecord): void {
  const job = ctx.jobs.get(record.attempt.job_id);
  const task = job?.maps[record.attempt.task_index];
  if (!job?.isRunning || task?.state.state !== 'committed') return;
  if (task.state.commit.attempt.attempt !== record.attempt.attempt) return;
  job.suspects.delete(attemptKey(record.attempt));
  job.mapsCommitted -= 1;
  job.tallies.map.subtract(task, task.state.commit);
  job.manifestPath = undefined;
  if (job.manifestUnderWay) job.manifestStale = true;
  task.move({ state: 'pending' });
  job.pendingMaps.pushFront(task, ctx.nowMs);
}
