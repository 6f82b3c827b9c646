import { COUNTERS_MAX } from '../../protocol/limits.ts';
import type { Context } from './context.ts';
import { watchJob } from './deadlines.ts';
import { sweep } from './housekeeping.ts';
import type { Job } from './job.ts';
import { failIfSpent } from './outcomes.ts';
import type { JobPast } from './past.ts';
import { readPast } from './read-past.ts';
import type { JournalRecord } from './records.ts';
import { stageProgress } from './report.ts';
import { restoreJob } from './restore-job.ts';
import { addGhosts } from './restore-workers.ts';
import { advance, failJob, publishedRecorded, publishingRecorded, stopJob } from './stages.ts';

/**
 * Takes up what earlier Managers left: every job as it was, and on from there. First of all events;
 * what Workers still run is held for them, see {@link addGhosts}.
 */
export function restore(ctx: Context, records: readonly JournalRecord[], wallMs: number): void {
  const past = readPast(records);
  ctx.nextJobId = Math.max(ctx.nextJobId, past.nextJobId);
  ctx.firstJobId = past.firstJobId;
  const restored = [...past.jobs.values()].map((job) => ({
    job: restoreJob(ctx, job, wallMs),
    past: job,
  }));
  addGhosts(ctx);
  for (const { job, past: before } of restored) {
    goOn(ctx, job, before);
    watchJob(ctx, job);
  }
  sweep(ctx);
}

function goOn(ctx: Context, job: Job, past: JobPast): void {
  if (job.hasEnded) return;
  ctx.addRunning(job);
  ctx.log('info', `${job.name} goes on: ${progressText(job)}`);
  const maps = stageProgress(job, 'map');
  ctx.tell(job, { kind: 'resumed', maps, reduces: stageProgress(job, 'reduce') });
  const { publishing } = past;
  if (publishing) {
    job.publishing = publishing;
    job.move({ phase: 'publishing', step: 'recording', parts: publishing.parts });
  }
  if (past.published) return publishedRecorded(ctx, job.id);
  if (past.ending) return stopJob(ctx, job, past.ending);
  if (publishing) return publishingRecorded(ctx, { jobId: job.id, ...publishing });
  failIfOver(ctx, job);
  advance(ctx, job);
}

/** Why it fails may be known though that it does was not recorded any more. */
function failIfOver(ctx: Context, job: Job): void {
  if (job.counterNames.size > COUNTERS_MAX)
    failJob(ctx, job, `more than ${String(COUNTERS_MAX)} counters`);
  for (const task of [...job.maps, ...job.reduces]) {
    if (job.isRunning) failIfSpent(ctx, job, task);
  }
}

function progressText(job: Job): string {
  const maps = `${String(job.mapsCommitted)} of ${String(job.maps.length)} maps`;
  return `${maps} and ${String(job.reducesCommitted)} of ${String(job.reduces.length)} reduces are done`;
}
