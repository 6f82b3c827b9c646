import type {
  ClientMessage,
  GetJobStatus,
  ListJobs,
  ReadLog,
} from '../../protocol/client-messages.ts';
import type { AttemptRef } from '../../protocol/ids.ts';
import type { JobStatus, JobSummary, WorkerView } from '../../protocol/job-report.ts';
import { answer, refuse } from './clients.ts';
import { badRecordsReport } from './bad-records-report.ts';
import type { Context } from './context.ts';
import type { ConnectionId } from './events.ts';
import { findTask } from './find-task.ts';
import type { Job } from './job.ts';
import { countersOf, stageProgress } from './report.ts';
import { nameOf } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** Answers to clients that only look. */

/** Jobs of one page of `jobs`. */
const PAGE_JOBS = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
const ATTEMPTS_SHOWN = 100;

/** `job-0007`, `7`, a unique prefix, or null for the latest; otherwise a sentence. */
export function findJob(ctx: Context, word: string | null): Job | string {
  const jobs = [...ctx.jobs.values()];
  if (word === null) return jobs.at(-1) ?? 'No job has been submitted to this Manager';
  const exact = jobs.find((job) => job.name === word || String(job.id) === word);
  if (exact) return exact;
  const matching = word === '' ? [] : jobs.filter((job) => job.name.startsWith(word));
  const [only] = matching;
  if (only && matching.length === 1) return only;
  if (matching.length > 1)
    return `Job "${word}" is not unique: ${String(matching.length)} jobs begin so`;
  return `Cannot find job "${word}": see mapreduce list --all`;
}

/** The job that a client means, or undefined after it was told that there is none. */
export function jobFor(
  ctx: Context,
  client: ConnectionId,
  message: Extract<ClientMessage, { job: string | null }>,
): Job | undefined {
  const found = findJob(ctx, message.job);
  if (typeof found !== 'string') return found;
  refuse(ctx, client, 'no_such_job', found);
  return undefined;
}

export function listJobs(
  ctx: Context,
  client: ConnectionId,
  message: ListJobs,
  wallMs: number,
): void {
  const jobs = [...ctx.jobs.values()].toReversed();
  const finishedToday = jobs.filter((job) => {
    const { phase } = job;
    return phase.phase === 'ended' && phase.report.finished_at_ms > wallMs - DAY_MS;
  }).length;
  const shown = jobs.filter((job) => message.all === true || !job.hasEnded);
  const from = shown.filter((job) => message.before === undefined || job.id < message.before);
  const page = from.slice(0, PAGE_JOBS);
  answer(ctx, client, {
    message_type: 'jobs',
    jobs: page.map((job) => summaryOf(job)),
    finished_today: finishedToday,
    next: from.length > page.length ? (page.at(-1)?.id ?? null) : null,
  });
}

export function jobStatus(ctx: Context, client: ConnectionId, message: GetJobStatus): void {
  const job = jobFor(ctx, client, message);
  if (job) replyStatus(ctx, client, job);
}

/** Answers with a job's status. */
export function replyStatus(ctx: Context, client: ConnectionId, job: Job): void {
  answer(ctx, client, { message_type: 'job', status: statusOf(ctx, job) });
}

function summaryOf(job: Job): JobSummary {
  const { phase } = job;
  return {
    job_id: job.id,
    job: job.name,
    name: job.spec.job_name ?? '',
    state: job.state,
    submitted_by: job.spec.submitted_by ?? '',
    submitted_at_ms: job.submittedAtMs,
    finished_at_ms: phase.phase === 'ended' ? phase.report.finished_at_ms : null,
    output_directory: job.place.directory,
    maps: stageProgress(job, 'map'),
    reduces: stageProgress(job, 'reduce'),
  };
}

function statusOf(ctx: Context, job: Job): JobStatus {
  const { phase } = job;
  // What was kept at its end may have been swept since.
  const report = phase.phase === 'ended' ? { ...phase.report, kept_bytes: job.keptBytes } : null;
  return {
    ...summaryOf(job),
    waiting_for: waitingFor(ctx, job),
    running_attempts: [...job.attempts].slice(0, ATTEMPTS_SHOWN).map((attempt) => ({
      attempt: nameOf(attempt),
      worker_id: attempt.workerId,
      state: attempt.startedAtMs === undefined ? 'queued' : 'running',
      running_ms: Math.round(ctx.nowMs - (attempt.startedAtMs ?? ctx.nowMs)),
      bytes_read: attempt.bytesRead,
      status: attempt.status,
    })),
    last_errors: job.lastErrors,
    counters: report?.counters ?? countersOf(job),
    warnings: job.warnings,
    bad_records: report === null ? badRecordsReport(job) : report.bad_records,
    report,
  };
}

/** Why nothing of this job runs, in words; null when something does. */
function waitingFor(ctx: Context, job: Job): string | null {
  const waits = [...job.attempts].every((attempt) => attempt.ahead);
  if (!job.isRunning || !waits) return null;
  if (ctx.workers.size === 0) return `no Worker is registered with ${ctx.options.address}`;
  if (ctx.noRoom !== undefined) return `the shared directory has no room: ${ctx.noRoom}`;
  const ahead = jobAhead(ctx, job);
  if (ahead) return `queued behind ${ahead.name}`;
  const servers = [...ctx.workers.values()].filter((worker) => worker.canServe(ctx.nowMs));
  if (servers.length === 0) return 'no Worker can take tasks: see mapreduce workers';
  const unable = servers.every((worker) => worker.cannotStart.has(job.id));
  return unable ? 'no Worker that can start its program: see mapreduce workers' : null;
}

/** The job that has the slots which this one waits for. */
export function jobAhead(ctx: Context, job: Job): Job | undefined {
  const before = ctx.runningJobs().filter((other) => other.attempts.size > 0 && other !== job);
  return before[0];
}

export function listWorkers(ctx: Context, client: ConnectionId): void {
  const workers = [...ctx.workers.values()].map((worker) => viewOf(ctx, worker));
  answer(ctx, client, { message_type: 'workers', workers });
}

function viewOf(ctx: Context, worker: WorkerRecord): WorkerView {
  const attempts = [...worker.attempts];
  const running = attempts.filter((attempt) => attempt.startedAtMs !== undefined).length;
  const state = stateOf(ctx, worker);
  const reasons = { paused: worker.pauseReason, blind: worker.ready?.problem ?? null };
  return {
    worker_id: worker.id,
    state,
    reason: state === 'paused' || state === 'blind' ? reasons[state] : null,
    address: worker.address,
    slots: worker.slots,
    running,
    queued: attempts.length - running,
    finished: worker.finished,
    failed: worker.failed,
    last_sign_of_life_ms_ago: Math.max(0, Math.round(ctx.nowMs - worker.lastSignOfLifeMs)),
    udp: worker.udpConfirmed,
  };
}

function stateOf(ctx: Context, worker: WorkerRecord): WorkerView['state'] {
  if (worker.connection === undefined) return 'silent';
  if (typeof worker.ready?.problem === 'string') return 'blind';
  return worker.pausedUntilMs > ctx.nowMs ? 'paused' : 'live';
}

/** `read_log`: the attempt is found here, its text by the shell. */
export function readLog(ctx: Context, client: ConnectionId, message: ReadLog): void {
  const job = jobFor(ctx, client, message);
  if (!job) return;
  const attempt = attemptForLog(job, message.task);
  if (typeof attempt === 'string') return refuse(ctx, client, 'no_such_job', attempt);
  ctx.emit({ type: 'read_log', client, attempt, offset: message.offset ?? 0 });
}

function attemptForLog(job: Job, word: string | undefined): AttemptRef | string {
  if (word === undefined) {
    return job.lastFailed ?? `No attempt of ${job.name} has failed: name a task, such as map-00000`;
  }
  const task = findTask(job, word);
  if (typeof task === 'string') return task;
  const { stage, task_index } = task;
  const attempt = task.attempt ?? job.latestAttempt(stage, task_index);
  if (attempt === undefined) return `${job.name} has no attempt of ${task.name}`;
  return { job_id: job.id, stage, task_index, attempt };
}
