import type { JobEvent, JobStage } from '../../protocol/job-report.ts';
import type { Context } from './context.ts';
import { nobodyCanStart } from './fitness.ts';
import type { Job } from './job.ts';
import { jobAhead } from './queries.ts';
import { stageProgress } from './report.ts';
import type { WorkerRecord } from './worker.ts';

/** What watching clients are shown between events: progress, and why nothing moves. */

const PROGRESS_EVERY_MS = 500;
const QUEUED_NOTE_EVERY_MS = 5000;

/** Sends a due snapshot; a client that reads slowly may miss some. */
export function showProgress(ctx: Context, job: Job): void {
  if (job.hasEnded || job.watchers.size === 0 || job.nextProgressMs > ctx.nowMs) return;
  job.nextProgressMs = ctx.nowMs + PROGRESS_EVERY_MS;
  snapshot(ctx, job, progressOf(ctx, job));
  noteQueue(ctx, job);
}

/** With no Worker at all the client hears so at once, and again after a Worker came and went. */
export function noteWorkers(ctx: Context): void {
  if (!ctx.reviewDue) return;
  for (const job of ctx.runningJobs()) {
    if (ctx.workers.size > 0) job.saidNoWorkers = false;
    else if (!job.saidNoWorkers) {
      job.saidNoWorkers = true;
      ctx.tell(job, { kind: 'no_workers' });
    }
    noteUnable(ctx, job);
  }
}

/** Workers are there, but none for this job: it waits, but not in silence. */
function noteUnable(ctx: Context, job: Job): void {
  const why = whyUnable(ctx, job);
  if (why !== undefined && !job.saidUnable) ctx.tell(job, { kind: 'warning', text: why });
  job.saidUnable = why !== undefined;
}

function whyUnable(ctx: Context, job: Job): string | undefined {
  if (ctx.stopping) return undefined;
  if (nobodyCanStart(ctx, job)) {
    return 'No Worker that is left has the program: waiting for one that has (mapreduce workers)';
  }
  if (ctx.noRoom !== undefined) return `Waiting for room in the shared directory: ${ctx.noRoom}`;
  let problem: string | undefined;
  for (const worker of ctx.workers.values()) {
    problem = problemOf(ctx, worker);
    if (problem === undefined) return undefined;
  }
  return problem === undefined ? undefined : `No Worker takes tasks. ${problem}`;
}

function problemOf(ctx: Context, worker: WorkerRecord): string | undefined {
  if (typeof worker.ready?.problem === 'string') return worker.ready.problem;
  return worker.pausedUntilMs > ctx.nowMs
    ? `Each rests a minute: ${worker.pauseReason}`
    : undefined;
}

function snapshot(ctx: Context, job: Job, event: JobEvent): void {
  for (const client of job.watchers) {
    const number = job.eventNumber;
    ctx.emit({
      type: 'send_client',
      client,
      message: { message_type: 'job_event', job_id: job.id, number, event },
      droppable: true,
    });
  }
}

function progressOf(ctx: Context, job: Job): JobEvent {
  let status = '';
  for (const attempt of job.attempts) if (attempt.status !== '') ({ status } = attempt);
  let slots = 0;
  for (const worker of ctx.workers.values()) slots += worker.slots;
  return {
    kind: 'progress',
    stage: stageOf(job),
    maps: stageProgress(job, 'map'),
    reduces: stageProgress(job, 'reduce'),
    slots,
    status,
  };
}

function stageOf(job: Job): JobStage {
  if (job.state === 'publishing' || job.phase.phase === 'cleaning') return 'publish';
  return job.allMapsCommitted && job.plan.reduces > 0 ? 'reduce' : 'map';
}

function noteQueue(ctx: Context, job: Job): void {
  if (job.state !== 'accepted' || job.nextQueuedNoteMs > ctx.nowMs) return;
  const ahead = jobAhead(ctx, job);
  if (!ahead) return;
  job.nextQueuedNoteMs = ctx.nowMs + QUEUED_NOTE_EVERY_MS;
  snapshot(ctx, job, { kind: 'queued_behind', job: ahead.name, percent: percentDone(ahead) });
}

/** Share of a job that is done, maps and reduces each half of it. */
function percentDone(job: Job): number {
  const maps = stageProgress(job, 'map');
  const mapShare = maps.bytes_total === 0 ? 1 : maps.bytes_done / maps.bytes_total;
  if (job.plan.reduces === 0) return Math.floor(100 * mapShare);
  return Math.floor(50 * mapShare + (50 * job.reducesCommitted) / job.reduces.length);
}
