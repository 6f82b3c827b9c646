import { assert } from '../../runtime/assert.ts';
import type { AttemptRef } from '../../protocol/ids.ts';
import { BAD_RECORDS_NAME, jobDirectory } from '../../protocol/job-layout.ts';
import { cutsRanges, JOB_DEFAULTS, rulesOf } from '../../protocol/job-spec.ts';
import { callOff, settle, workerOf } from './attempt-books.ts';
import { tellFinished } from './clients.ts';
import { blameless } from './blameless.ts';
import type { PublishPart } from './commands.ts';
import type { Context } from './context.ts';
import { watchJob } from './deadlines.ts';
import type { Job } from './job.ts';
import type { JobEnding } from './job-ending.ts';
import { buildReport } from './report.ts';
import type { JobEndedRecord, PublishingRecord } from './records.ts';
import { restOf } from './rest-of.ts';
import type { Commit, Task } from './task.ts';

/**
 * A job's way from its first map to its end: map → manifest → reduce → publish → clean up → ended,
 * with one detour, stopping, for failure and cancel.
 */

/** How long a job waits for the ends of attempts that were called off before it goes on without. */
const STOPPING_MS = 900;

/** Starts whatever the commits so far allow. Harmless to call too often. */
export function advance(ctx: Context, job: Job): void {
  if (!job.isRunning) return;
  if (!job.allMapsCommitted) return endKeepGoing(ctx, job);
  if (job.plan.reduces > 0 && job.manifestPath === undefined) return writeManifest(ctx, job);
  if (job.allReducesCommitted) startPublish(ctx, job);
}

function writeManifest(ctx: Context, job: Job): void {
  if (job.manifestUnderWay) return;
  job.manifestUnderWay = true;
  job.manifestVersion += 1;
  const entries = job.maps.map((task) => {
    const { attempt } = commitOf(task);
    return { map_index: task.index, attempt: attempt.attempt };
  });
  const { reduces } = job.plan;
  const ranges = cutsRanges(rulesOf(job.spec), reduces) ? reduces : null;
  ctx.emit({
    type: 'write_manifest',
    jobId: job.id,
    version: job.manifestVersion,
    entries,
    ranges,
  });
}

export function manifestWritten(ctx: Context, jobId: number, version: number, path: string): void {
  const job = ctx.jobs.get(jobId);
  if (!job) return;
  job.manifestUnderWay = false;
  if (!job.isRunning) return;
  if (version !== job.manifestVersion || !job.allMapsCommitted || job.manifestStale) {
    job.manifestStale = false;
    return advance(ctx, job);
  }
  job.manifestPath = path;
  ctx.tell(job, { kind: 'stage_started', stage: 'reduce', tasks: job.reduces.length });
  advance(ctx, job);
}

function startPublish(ctx: Context, job: Job): void {
  const tasks = job.plan.reduces > 0 ? job.reduces : job.maps;
  const parts = tasks.map((task) => publishPart(task));
  job.move({ phase: 'publishing', step: 'preparing', parts: 0 });
  ctx.tell(job, { kind: 'stage_started', stage: 'publish', tasks: 1 });
  ctx.emit({
    type: 'prepare_publish',
    jobId: job.id,
    place: job.place,
    parts,
    totalParts: tasks.length,
    badRecords: attemptsWithBadRecords(job),
    successMarker: job.spec.success_marker ?? false,
    umask: job.spec.umask ?? JOB_DEFAULTS.umask,
  });
}

/** An attempt of a map-only job that wrote nothing leaves no part. */
function publishPart(task: Task): PublishPart {
  const { attempt, outputs } = commitOf(task);
  const part = outputs.find((file) => file.name === 'part');
  const leftOut = !part || (task.stage === 'map' && part.bytes === 0);
  const sideFiles = outputs
    .filter((file) => file.name.startsWith(SIDE_PREFIX))
    .map((file) => file.name.slice(SIDE_PREFIX.length));
  return {
    attempt,
    partIndex: leftOut ? null : task.index,
    bytes: part?.bytes ?? 0,
    sideFiles,
  };
}

function attemptsWithBadRecords(job: Job): readonly AttemptRef[] {
  if (job.searches.length === 0) return [];
  const commits = job.maps.map((task) => commitOf(task));
  return commits
    .filter(({ outputs }) => outputs.some(({ name }) => name.startsWith(BAD_PREFIX)))
    .map(({ attempt }) => attempt);
}

const BAD_PREFIX = `${BAD_RECORDS_NAME}/`;
const SIDE_PREFIX = 'side/';

export function publishPrepared(
  ctx: Context,
  event: { jobId: number; device: number; inode: number; parts: number },
): void {
  const job = ctx.jobs.get(event.jobId);
  if (job?.phase.phase !== 'publishing' || job.phase.step !== 'preparing') return;
  if (job.cancelRequestedBy !== undefined) {
    return stopJob(ctx, job, { outcome: 'cancelled', by: job.cancelRequestedBy });
  }
  job.move({ phase: 'publishing', step: 'recording', parts: event.parts });
  const { jobId, device, inode, parts } = event;
  ctx.emit({ type: 'append', record: { type: 'publishing', jobId, device, inode, parts } });
}

/** The point of no return is durable: put the output in place. */
export function publishingRecorded(
  ctx: Context,
  { jobId, device, inode, parts }: Omit<PublishingRecord, 'type'>,
): void {
  const job = ctx.jobs.get(jobId);
  if (job?.phase.phase !== 'publishing') return;
  job.publishing = { device, inode, parts };
  job.move({ ...job.phase, step: 'renaming' });
  ctx.emit({
    type: 'publish',
    jobId: job.id,
    place: job.place,
    overwrite: job.spec.overwrite ?? false,
    device,
    inode,
  });
}

/** The output is in place: nobody hears of it before that is recorded. */
export function published(ctx: Context, jobId: number): void {
  const job = ctx.jobs.get(jobId);
  if (job?.phase.phase !== 'publishing' || job.phase.step !== 'renaming') return;
  ctx.emit({ type: 'append', record: { type: 'published', jobId } });
}

export function publishedRecorded(ctx: Context, jobId: number): void {
  const job = ctx.jobs.get(jobId);
  if (job?.phase.phase !== 'publishing') return;
  job.outputParts = job.phase.parts;
  job.move({ phase: 'published', deadlineMs: ctx.nowMs + STOPPING_MS });
  cleanWhenQuiet(ctx, job);
  watchJob(ctx, job);
}

/** With `--keep-going`: when no map is left to try, the failure that was waiting ends the job. */
function endKeepGoing(ctx: Context, job: Job): void {
  if (!job.pendingFailure || job.pendingMaps.size > 0) return;
  const isBusy = job.mapsCommitted + job.mapsGivenUp < job.maps.length;
  if (!isBusy) stopJob(ctx, job, { outcome: 'failed', failure: job.pendingFailure });
}

/** Fails a job for a reason that is no attempt's fault. */
export function failJob(ctx: Context, job: Job, cause: string): void {
  stopJob(ctx, job, { outcome: 'failed', failure: blameless(cause) });
}

/** `cancel_job`: at once where that is possible, at the next turn of a step that cannot be stopped. */
export function requestStop(ctx: Context, job: Job, by: string): void {
  const { phase } = job;
  job.cancelRequestedBy ??= by;
  if (phase.phase === 'running') stopJob(ctx, job, { outcome: 'cancelled', by });
}

/** Ends a job without success: its attempts are called off, then it is cleaned up. */
export function stopJob(ctx: Context, job: Job, ending: JobEnding): void {
  const { phase } = job.phase;
  if (phase !== 'running' && phase !== 'publishing') return;
  const why = ending.outcome === 'failed' ? `failed: ${ending.failure.cause}` : 'is cancelled';
  ctx.log(ending.outcome === 'failed' ? 'warn' : 'info', `${job.name} ${why}`);
  job.move({ phase: 'stopping', ending, deadlineMs: undefined });
  ctx.emit({ type: 'append', record: { type: 'job_stopping', jobId: job.id, ending } });
  for (const attempt of job.attempts) callOff(ctx, job, attempt, `${job.name} ${ending.outcome}`);
  for (const task of [...job.maps, ...job.reduces]) discardResult(ctx, task);
}

/** Whoever comes after this Manager will not go on with the job: what it has left may be removed. */
export function stoppingRecorded(ctx: Context, jobId: number): void {
  const job = ctx.jobs.get(jobId);
  if (job?.phase.phase !== 'stopping' || job.phase.deadlineMs !== undefined) return;
  job.move({ ...job.phase, deadlineMs: ctx.nowMs + STOPPING_MS });
  cleanWhenQuiet(ctx, job);
  watchJob(ctx, job);
}

/** A result that waits for its record is of no use any more: the Worker may forget it. */
function discardResult(ctx: Context, task: Task): void {
  const { state } = task;
  if (state.state !== 'committing') return;
  const worker = workerOf(ctx, state.attempt);
  if (worker) settle(ctx, worker, state.attempt.ref, 'discard');
  task.move({ state: 'pending' });
}

/** Goes on to cleaning when no Worker has an attempt of this job any more, or none will say. */
export function cleanWhenQuiet(ctx: Context, job: Job): void {
  const { phase } = job;
  if (phase.phase !== 'stopping' && phase.phase !== 'published') return;
  if (phase.deadlineMs === undefined) return;
  if (job.attempts.size > 0 && ctx.nowMs < phase.deadlineMs) return;
  const ending = phase.phase === 'stopping' ? phase.ending : null;
  job.move({ phase: 'cleaning', ending });
  const keepIntermediates = ending !== null;
  ctx.emit({ type: 'clean_up', jobId: job.id, place: job.place, keepIntermediates });
}

export function cleanedUp(ctx: Context, jobId: number, keptBytes: number): void {
  const job = ctx.jobs.get(jobId);
  if (!job) return;
  job.keptBytes = keptBytes;
  if (job.phase.phase !== 'cleaning') return;
  const report = buildReport(job, job.phase.ending, ctx.nowMs);
  ctx.emit({ type: 'append', record: { type: 'job_ended', jobId, report, rest: restOf(job) } });
  ctx.emit({ type: 'write_report', jobId, report });
}

/** The end is durable: everybody may know. */
export function jobEnded(ctx: Context, { jobId, report, rest }: JobEndedRecord): void {
  const job = ctx.jobs.get(jobId);
  if (!job) return;
  job.move({ phase: 'ended', report });
  job.endedAtMonoMs = ctx.nowMs;
  job.nextCleanUpMs = ctx.nowMs + ctx.options.keepFailedMs;
  job.release(rest);
  watchJob(ctx, job);
  ctx.log('info', `${job.name} ${report.outcome} after ${String(report.duration_ms)} ms`);
  tellFinished(ctx, job);
}

/** The directory of a job under the shared directory. */
export function directoryOf(ctx: Context, job: Job): string {
  return jobDirectory(ctx.options.sharedDirectory, job.id);
}

function commitOf(task: Task): Commit {
  const { state } = task;
  assert(state.state === 'committed', () => `${task.name} is ${state.state}, not committed`);
  return state.commit;
}
