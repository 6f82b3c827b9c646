import type { RemoveJob } from '../../protocol/client-messages.ts';
import { answer, refuse } from './clients.ts';
import type { Context } from './context.ts';
import type { ConnectionId } from './events.ts';
import type { Job } from './job.ts';
import { jobFor } from './queries.ts';

/** What is kept of ended jobs, for how long, and how it goes. */

/** What could not be removed is tried again after so long. */
const CLEAN_UP_AGAIN_MS = 60_000;

/** `remove_job`: forgets an ended job and deletes what is left of it. */
export function removeJob(ctx: Context, client: ConnectionId, message: RemoveJob): void {
  const job = jobFor(ctx, client, message);
  if (!job) return;
  if (!job.hasEnded) {
    const text = `Cannot remove ${job.name}: it has not ended. Cancel it first: mapreduce cancel ${job.name}`;
    return refuse(ctx, client, 'refused', text);
  }
  job.removers.push(client);
  if (job.removers.length === 1) ctx.emit({ type: 'remove_job_files', jobId: job.id });
}

/** Its files are gone: so is the job. */
export function jobFilesRemoved(ctx: Context, jobId: number, freedBytes: number): void {
  const job = ctx.jobs.get(jobId);
  if (!job) return;
  ctx.jobs.delete(jobId);
  if (job.spec.submission_id !== undefined) ctx.submissions.delete(job.spec.submission_id);
  for (const worker of ctx.workers.values()) {
    worker.cannotStart.delete(jobId);
    worker.failuresByJob.delete(jobId);
  }
  const hashes = filesOfNoOther(ctx, job);
  if (hashes.length > 0) ctx.emit({ type: 'remove_shipped_files', hashes });
  ctx.emit({ type: 'append', record: { type: 'job_removed', jobId } });
  ctx.log('info', `${job.name} is removed, ${String(freedBytes)} bytes freed`);
  for (const client of job.removers) {
    answer(ctx, client, { message_type: 'job_removed', job: job.name, freed_bytes: freedBytes });
  }
}

/** Contents that this forgotten job was the last to use. */
function filesOfNoOther(ctx: Context, job: Job): readonly string[] {
  const hashes = new Set(job.plan.files.map((file) => file.sha256));
  for (const other of ctx.jobs.values()) {
    for (const { sha256 } of other.plan.files) hashes.delete(sha256);
  }
  return [...hashes];
}

/** Lets go what was kept long enough: first intermediate data, later the whole job. */
export function sweep(ctx: Context): void {
  const ended = [...ctx.jobs.values()].filter((job) => job.hasEnded);
  ended.forEach((job, index) => {
    const tooMany = ended.length - index > ctx.options.keepJobs;
    if (tooMany || ctx.nowMs >= job.endedAtMonoMs + ctx.options.keepJobsMs) return expire(ctx, job);
    if (job.keptBytes > 0 && ctx.nowMs >= job.nextCleanUpMs) {
      job.nextCleanUpMs = ctx.nowMs + CLEAN_UP_AGAIN_MS;
      ctx.emit({ type: 'clean_up', jobId: job.id, place: job.place, keepIntermediates: false });
    }
  });
}

function expire(ctx: Context, job: Job): void {
  if (job.expired) return;
  job.expired = true;
  ctx.emit({ type: 'remove_job_files', jobId: job.id });
}
