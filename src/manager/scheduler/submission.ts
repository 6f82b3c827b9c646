import type { NewManagerJob } from '../../protocol/client-messages.ts';
import { jobDirectory } from '../../protocol/job-layout.ts';
import { jobName } from '../../protocol/ids.ts';
import type { JobSpec } from '../../protocol/job-spec.ts';
import { answer, refuse } from './clients.ts';
import type { Context, PendingRequest } from './context.ts';
import type { ConnectionId } from './events.ts';
import { Job } from './job.ts';
import type { JobPlan, KeptPlan, OutputPlace } from './plan.ts';
import type { JobAcceptedRecord } from './records.ts';
import { advance, requestStop } from './stages.ts';

/**
 * How a submission becomes a job: prepared by the shell (nothing is created yet), its output
 * reserved, staging made, journalled, accepted. Whatever is refused on the way leaves no trace.
 */
export function submit(
  ctx: Context,
  client: ConnectionId,
  message: NewManagerJob,
  wallMs: number,
): void {
  if (ctx.stopping) return refuseAll(ctx, [client], STOPPING);
  if (joinEarlierSubmission(ctx, client, message)) return;
  const request = ctx.nextRequest;
  ctx.nextRequest += 1;
  ctx.requests.set(request, { message, wallMs, clients: [client] });
  let slots = 0;
  for (const worker of ctx.workers.values()) if (worker.canServe(ctx.nowMs)) slots += worker.slots;
  ctx.emit({ type: 'prepare_job', request, spec: specOf(message), slots });
}

/** The same `submission_id` again is the same job, whoever asks and however far it is. */
function joinEarlierSubmission(
  ctx: Context,
  client: ConnectionId,
  message: NewManagerJob,
): boolean {
  const { submission_id: id } = message;
  if (id === undefined || message.dry_run === true) return false;
  const known = ctx.submissions.get(id);
  const job = known === undefined ? undefined : ctx.jobs.get(known);
  if (job) {
    if (job.phase.phase === 'preparing') job.submitters.push(client);
    else replyAccepted(ctx, client, job);
    return true;
  }
  for (const request of ctx.requests.values()) {
    if (request.message.submission_id !== id || request.message.dry_run === true) continue;
    request.clients.push(client);
    return true;
  }
  return false;
}

function specOf(message: NewManagerJob): JobSpec {
  const { message_type: _type, dry_run: _dryRun, ...spec } = message;
  return spec;
}

export function jobRefused(ctx: Context, requestNumber: number, reason: string): void {
  const request = takeRequest(ctx, requestNumber);
  if (request) refuseAll(ctx, request.clients, { code: 'refused', message: reason });
}

export function jobPrepared(ctx: Context, requestNumber: number, plan: JobPlan): void {
  const request = takeRequest(ctx, requestNumber);
  if (!request) return;
  if (request.message.dry_run === true) {
    for (const client of request.clients) {
      answer(ctx, client, { message_type: 'job_plan', plan: plan.summary });
    }
    return;
  }
  const holder = reservationAgainst(ctx, plan.output.directory);
  if (holder) {
    const directory = plan.output.directory ?? '';
    const rule = 'two jobs cannot share or nest outputs';
    const message = `Cannot write to "${directory}": ${holder.name} is writing to "${holder.place.directory}", and ${rule}`;
    return refuseAll(ctx, request.clients, { code: 'refused', message });
  }
  const job = register(ctx, request, plan);
  ctx.emit({ type: 'make_staging', jobId: job.id, spec: job.spec, plan, place: job.place });
}

function takeRequest(ctx: Context, number: number): PendingRequest | undefined {
  const request = ctx.requests.get(number);
  ctx.requests.delete(number);
  return request;
}

function register(ctx: Context, request: PendingRequest, plan: JobPlan): Job {
  const id = ctx.nextJobId;
  ctx.nextJobId += 1;
  const spec = specOf(request.message);
  const { maps, ...kept } = plan;
  const place = placeFor(ctx, id, kept);
  const job = new Job({
    id,
    spec,
    plan: kept,
    maps,
    place,
    submittedAtMs: request.wallMs,
    nowMs: ctx.nowMs,
    firstAttempt: ctx.firstAttempt,
  });
  job.submitters.push(...request.clients);
  ctx.jobs.set(id, job);
  if (spec.submission_id !== undefined) ctx.submissions.set(spec.submission_id, id);
  return job;
}

function placeFor(ctx: Context, jobId: number, plan: KeptPlan): OutputPlace {
  const name = jobName(jobId);
  const { mode } = plan.output;
  const directory =
    plan.output.directory ?? `${jobDirectory(ctx.options.sharedDirectory, jobId)}/output`;
  if (mode === 'in_place') return { directory, stagingDirectory: `${directory}/.${name}`, mode };
  const slash = directory.lastIndexOf('/');
  const parent = directory.slice(0, slash);
  return { directory, stagingDirectory: `${parent}/.${directory.slice(slash + 1)}.${name}`, mode };
}

/** The unfinished job whose output is this path, encloses it or lies inside it. */
function reservationAgainst(ctx: Context, directory: string | null): Job | undefined {
  if (directory === null) return undefined;
  for (const job of ctx.jobs.values()) {
    if (job.hasEnded) continue;
    const other = job.place.directory;
    if (other === directory || isInside(other, directory) || isInside(directory, other)) return job;
  }
  return undefined;
}

function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

export function stagingMade(ctx: Context, jobId: number): void {
  const job = ctx.jobs.get(jobId);
  if (!job) return;
  const { spec, plan, place, submittedAtMs } = job;
  ctx.emit({
    type: 'append',
    record: { type: 'job_accepted', jobId, spec, plan, place, submittedAtMs },
  });
}

export function stagingFailed(ctx: Context, jobId: number, reason: string): void {
  const job = ctx.jobs.get(jobId);
  if (!job) return;
  ctx.jobs.delete(jobId);
  if (job.spec.submission_id !== undefined) ctx.submissions.delete(job.spec.submission_id);
  refuseAll(ctx, job.submitters, { code: 'refused', message: reason });
}

/** The record is durable: only now does anybody hear that the job exists. */
export function jobAccepted(ctx: Context, record: JobAcceptedRecord): void {
  const job = ctx.jobs.get(record.jobId);
  if (!job) return;
  job.move({ phase: 'running' });
  ctx.addRunning(job);
  ctx.log(
    'info',
    `${job.name} accepted: ${String(job.maps.length)} map and ${String(job.reduces.length)} reduce tasks to "${job.place.directory}"`,
  );
  for (const client of job.submitters.splice(0)) replyAccepted(ctx, client, job);
  ctx.tell(job, {
    kind: 'accepted',
    plan: { ...job.plan.summary, output_directory: job.place.directory },
  });
  if (job.cancelRequestedBy !== undefined) return requestStop(ctx, job, job.cancelRequestedBy);
  if (job.maps.length > 0)
    ctx.tell(job, { kind: 'stage_started', stage: 'map', tasks: job.maps.length });
  advance(ctx, job);
}

function replyAccepted(ctx: Context, client: ConnectionId, job: Job): void {
  answer(ctx, client, {
    message_type: 'job_accepted',
    job_id: job.id,
    job: job.name,
    output_directory: job.place.directory,
    warnings: job.plan.summary.warnings,
  });
}

/** The Manager stops: what is still being prepared will not be accepted. */
export function refuseRequests(ctx: Context): void {
  for (const number of ctx.requests.keys()) {
    const request = takeRequest(ctx, number);
    if (request) refuseAll(ctx, request.clients, STOPPING);
  }
}

interface Refusal {
  readonly code: 'refused' | 'stopping';
  readonly message: string;
}

const STOPPING: Refusal = {
  code: 'stopping',
  message: 'Cannot accept a job: the Manager is stopping',
};

function refuseAll(
  ctx: Context,
  clients: readonly ConnectionId[],
  { code, message }: Refusal,
): void {
  ctx.log('info', `Job refused: ${message}`);
  for (const client of clients) refuse(ctx, client, code, message);
}
