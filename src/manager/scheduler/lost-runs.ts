import type { Context } from './context.ts';
import type { Job } from './job.ts';
import type { MapVoidedRecord } from './records.ts';
import { tryAgain } from './retries.ts';
import type { Attempt } from './task.ts';

/** Map output that a reduce could not read: checked, voided, mapped again. */

/** A reduce could not read a map's run: the Manager looks for itself before it believes. */
export function suspectRun(
  ctx: Context,
  job: Job,
  run: { readonly map_index: number; readonly attempt: number },
): void {
  const state = job.maps[run.map_index]?.state;
  if (state?.state !== 'committed' || state.commit.attempt.attempt !== run.attempt) return;
  ctx.emit({ type: 'check_run', run: state.commit.attempt });
}

/** Only a run that the Manager, too, finds broken is voided. */
export function runChecked(ctx: Context, run: Attempt['ref'], problem: string | null): void {
  const job = ctx.jobs.get(run.job_id);
  const state = job?.maps[run.task_index]?.state;
  if (!job?.isRunning || state?.state !== 'committed') return;
  if (state.commit.attempt.attempt !== run.attempt) return;
  if (problem === null) {
    ctx.log('warn', `${job.name}: a Worker could not read a run that is sound here`);
    return;
  }
  ctx.log('warn', `${job.name}: map output ${String(run.task_index)} is void: ${problem}`);
  ctx.tell(job, { kind: 'map_voided', task: job.maps[run.task_index]?.name ?? '', cause: problem });
  ctx.emit({ type: 'append', record: { type: 'map_voided', attempt: run } });
}

/** Exactly that map runs again, ahead of all reduces. */
export function mapVoided(ctx: Context, record: MapVoidedRecord): void {
  const job = ctx.jobs.get(record.attempt.job_id);
  const task = job?.maps[record.attempt.task_index];
  if (!job?.isRunning || task?.state.state !== 'committed') return;
  if (task.state.commit.attempt.attempt !== record.attempt.attempt) return;
  job.mapsCommitted -= 1;
  job.manifestPath = undefined;
  if (job.manifestUnderWay) job.manifestStale = true;
  tryAgain(job, task);
}
