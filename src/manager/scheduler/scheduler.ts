import type { CancelJob, WatchJob } from '../../protocol/client-messages.ts';
import type { Core } from '../../runtime/core.ts';
import { assert } from '../../runtime/assert.ts';
import { assign } from './assign.ts';
import { clientAnswered, clientAsked, clientClosed, clientEnded, watch } from './clients.ts';
import type { ManagerCommand } from './commands.ts';
import { outputsChecked, taskCommitted } from './commits.ts';
import { Context, type SchedulerOptions } from './context.ts';
import { deadlinesOf, watchJob, watchWorker } from './deadlines.ts';
import type { ConnectionId, ManagerEvent, ScheduledClientMessage } from './events.ts';
import { endPauses } from './fitness.ts';
import { jobFilesRemoved, removeJob, sweep } from './housekeeping.ts';
import type { Job } from './job.ts';
import { closedForGraceMs, judge } from './liveness.ts';
import { mapVoided, runChecked, runsUnreadable } from './lost-runs.ts';
import { jobFor, jobStatus, listJobs, listWorkers, readLog, replyStatus } from './queries.ts';
import { isAwaited, type JournalRecord } from './records.ts';
import { restore } from './restore.ts';
import { loseWorker, workerClosed } from './registration.ts';
import {
  cleanedUp,
  cleanWhenQuiet,
  failJob,
  jobEnded,
  manifestWritten,
  published,
  publishedRecorded,
  publishingRecorded,
  publishPrepared,
  requestStop,
  stoppingRecorded,
} from './stages.ts';
import { beginStop, goOnStopping } from './stopping.ts';
import {
  jobAccepted,
  jobPrepared,
  jobRefused,
  stagingFailed,
  stagingMade,
  submit,
} from './submission.ts';
import { readInput } from './task-inputs.ts';
import { noteWorkers, showProgress } from './watching.ts';
import type { WorkerRecord } from './worker.ts';
import { acknowledgeDue, heartbeat, workerMessage } from './worker-reports.ts';

/**
 * The Manager's mind: which attempt runs where, what a message means, when a result counts.
 * Like a station master with a journal: trains (attempts) leave and arrive, and only what is in
 * the journal has happened. Pure; sockets, files and time live in the shell.
 */
export class Scheduler implements Core<ManagerEvent, ManagerCommand> {
  readonly #ctx: Context;

  constructor(options: SchedulerOptions) {
    this.#ctx = new Context(options);
  }

  step(event: ManagerEvent, nowMs: number): readonly ManagerCommand[] {
    const ctx = this.#ctx;
    assert(
      nowMs >= ctx.nowMs,
      () => `time went back from ${String(ctx.nowMs)} to ${String(nowMs)}`,
    );
    ctx.nowMs = nowMs;
    if (ctx.exited) return [];
    handle(ctx, event);
    noteWorkers(ctx);
    assign(ctx);
    goOnStopping(ctx);
    ctx.reviewDue = false;
    return ctx.takeCommands();
  }

  nextDeadlineMs(): number | undefined {
    return this.#ctx.exited ? undefined : deadlinesOf(this.#ctx);
  }

  /** Read-only view for invariant checks in tests and simulation. */
  get state(): Context {
    return this.#ctx;
  }
}

/** One case per event, grouped by who speaks. */
function handle(ctx: Context, event: ManagerEvent): void {
  switch (event.type) {
    case 'tick':
      return tick(ctx);
    case 'paused':
      return forgive(ctx, event.pauseMs);
    case 'restore':
      return restore(ctx, event.records, event.wallMs);
    case 'stop':
      return beginStop(ctx, false);
    case 'client_message':
      return clientMessage(ctx, event.client, event.message, event.wallMs);
    case 'client_ended':
      return clientEnded(ctx, event.client);
    case 'client_closed':
      return clientClosed(ctx, event.client);
    case 'worker_message':
      return workerMessage(ctx, event.connection, event.message, event.address);
    case 'worker_closed':
      return workerClosed(ctx, event.connection, event.reason);
    case 'heartbeat':
      return heartbeat(ctx, event.message);
    case 'recorded':
      return recorded(ctx, event.record);
    default:
      return outcome(ctx, event);
  }
}

type Outcome = Exclude<
  ManagerEvent,
  {
    type:
      | 'tick'
      | 'restore'
      | 'paused'
      | 'stop'
      | 'client_message'
      | 'client_ended'
      | 'client_closed'
      | 'worker_message'
      | 'worker_closed'
      | 'heartbeat'
      | 'recorded';
  }
>;

/** Outcomes of commands. */
function outcome(ctx: Context, event: Outcome): void {
  switch (event.type) {
    case 'job_prepared':
      return jobPrepared(ctx, event.request, event.plan);
    case 'job_refused':
      return jobRefused(ctx, event.request, event.reason);
    case 'staging_made':
      return stagingMade(ctx, event.jobId);
    case 'staging_failed':
      return stagingFailed(ctx, event.jobId, event.reason);
    case 'outputs_checked':
      return outputsChecked(ctx, event.attempt, event.problem);
    case 'run_checked':
      return runChecked(ctx, event.run, event.problem);
    case 'manifest_written':
      return manifestWritten(ctx, event.jobId, event.version, event.path);
    case 'runs_unreadable':
      return runsUnreadable(ctx, event.jobId, event.version, event.runs);
    case 'publish_prepared':
      return publishPrepared(ctx, event);
    case 'published':
      return published(ctx, event.jobId);
    case 'storage_failed':
    case 'publish_failed':
      return storageFailed(ctx, event.jobId, event.reason);
    case 'cleaned_up':
      return cleanedUp(ctx, event.jobId, event.keptBytes);
    case 'job_files_removed':
      return jobFilesRemoved(ctx, event.jobId, event.freedBytes);
    case 'client_answered':
      return clientAnswered(ctx, event.client);
    case 'storage_room':
      return storageRoom(ctx, event.hasRoom, event.detail);
    default:
      event satisfies never;
  }
}

/** A record is durable: only now its meaning takes effect. */
function recorded(ctx: Context, record: JournalRecord): void {
  if (!isAwaited(record)) return;
  switch (record.type) {
    case 'job_accepted':
      return jobAccepted(ctx, record);
    case 'task_committed':
      return taskCommitted(ctx, record);
    case 'map_voided':
      return mapVoided(ctx, record);
    case 'job_stopping':
      return stoppingRecorded(ctx, record.jobId);
    case 'publishing':
      return publishingRecorded(ctx, record);
    case 'published':
      return publishedRecorded(ctx, record.jobId);
    case 'job_ended':
      jobEnded(ctx, record);
      return sweep(ctx);
    default:
      record satisfies never;
  }
}

function clientMessage(
  ctx: Context,
  client: ConnectionId,
  message: ScheduledClientMessage,
  wallMs: number,
): void {
  clientAsked(ctx, client);
  switch (message.message_type) {
    case 'new_manager_job':
      return submit(ctx, client, message, wallMs);
    case 'watch_job':
      return watchJobOf(ctx, client, message);
    case 'list_jobs':
      return listJobs(ctx, client, message, wallMs);
    case 'job_status':
      return jobStatus(ctx, client, message);
    case 'cancel_job':
      return cancelJob(ctx, client, message);
    case 'remove_job':
      return removeJob(ctx, client, message);
    case 'list_workers':
      return listWorkers(ctx, client);
    case 'read_log':
      return readLog(ctx, client, message);
    case 'read_input':
      return readInput(ctx, client, message);
    case 'shutdown':
      return beginStop(ctx, true);
    default:
      message satisfies never;
  }
}

function watchJobOf(ctx: Context, client: ConnectionId, message: WatchJob): void {
  const job = jobFor(ctx, client, message);
  if (job) watch(ctx, client, job, message.from ?? 0);
}

function cancelJob(ctx: Context, client: ConnectionId, message: CancelJob): void {
  const job = jobFor(ctx, client, message);
  if (!job) return;
  if (!job.hasEnded) requestStop(ctx, job, message.cancelled_by ?? 'an unnamed client');
  replyStatus(ctx, client, job);
}

function storageFailed(ctx: Context, jobId: number, reason: string): void {
  const job = ctx.jobs.get(jobId);
  if (job) failJob(ctx, job, reason);
}

function storageRoom(ctx: Context, hasRoom: boolean, detail: string): void {
  ctx.noRoom = hasRoom ? undefined : detail;
  ctx.reviewDue = true;
  if (hasRoom) endPauses(ctx);
  ctx.log(
    hasRoom ? 'info' : 'warn',
    hasRoom ? `There is room again: ${detail}` : `Dispatch waits: ${detail}`,
  );
}

/** A pause of the Manager itself: nobody else was silent. */
function forgive(ctx: Context, pauseMs: number): void {
  const { heartbeatIntervalMs } = ctx.options;
  const closedMs = closedForGraceMs(ctx.nowMs, heartbeatIntervalMs);
  for (const worker of ctx.workers.values()) worker.forgive(pauseMs, closedMs);
  ctx.catchingUpUntilMs = ctx.nowMs + heartbeatIntervalMs;
  ctx.log('warn', `This Manager stood still for ${String(Math.round(pauseMs))} ms`);
}

/** Looks at those whose time has come, and at nobody else. */
function tick(ctx: Context): void {
  for (const worker of ctx.workerAgenda.takeDue(ctx.nowMs)) {
    if (ctx.workers.get(worker.id) === worker) tickWorker(ctx, worker);
  }
  for (const job of ctx.jobAgenda.takeDue(ctx.nowMs)) {
    if (ctx.jobs.get(job.id) === job) tickJob(ctx, job);
  }
}

function tickWorker(ctx: Context, worker: WorkerRecord): void {
  acknowledgeDue(ctx, worker);
  // Its pause may be over.
  ctx.workerChanged(worker);
  const verdict = judge(worker, ctx.nowMs, ctx.options.heartbeatIntervalMs);
  if (verdict?.verdict === 'lost') return loseWorker(ctx, worker, verdict.reason, false);
  if (verdict?.verdict === 'no_udp') {
    worker.udpWarned = true;
    const port = ctx.options.address.split(':').at(-1) ?? '';
    ctx.log('warn', `no UDP heartbeat from ${worker.id}: is UDP port ${port} open?`);
  }
  watchWorker(ctx, worker);
}

function tickJob(ctx: Context, job: Job): void {
  job.pendingMaps.resume(ctx.nowMs);
  job.pendingReduces.resume(ctx.nowMs);
  cleanWhenQuiet(ctx, job);
  showProgress(ctx, job);
  if (job.hasEnded) sweep(ctx);
  watchJob(ctx, job);
}
