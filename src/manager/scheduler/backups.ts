import { TASK_STAGES, type TaskStage } from '../../protocol/ids.ts';
import { watchJob } from './deadlines.ts';
import type { Job } from './job.ts';
import { isEligible, type Round, unpromisedSlots } from './round.ts';
import { sendAttempt } from './send-attempt.ts';
import { type Attempt, nameOf, type Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * Backup attempts (spec/protocol "Retries"): towards the end of a stage, when slots are idle, an
 * attempt that runs much longer than others did gets a second one on another Worker. Whichever is
 * first wins, so that one slow machine does not hold up a job.
 */

/** Whatever is over sooner is not worth a second attempt. */
const PATIENCE_MIN_MS = 10_000;
/** In typical times of a task of the stage. */
const PATIENCE = 1.5;
/** One backup for so many attempts that run, and one at least. */
const ATTEMPTS_PER_BACKUP = 10;
/** What is overdue and cannot be helped is not looked at with every event. */
const LOOK_EVERY_MS = 1000;
/** So many attempts for which there is no Worker, and there will be none for the others either. */
const IN_VAIN_MAX = 8;

/** Gives idle slots, that nobody else has a use for, to backups of what is overdue. */
export function startBackups(round: Round): void {
  if (unpromisedSlots(round) <= 0) return;
  for (const job of round.jobs) if (mayHaveBackups(job)) lookInTime(round, job);
}

/** Whether no fresh work of it waits, and the rules of the job leave room for one more attempt. */
function mayHaveBackups(job: Job): boolean {
  if (job.spec.backup === false || job.attempts.size === 0) return false;
  if (job.pending.hasReady || !job.ahead.isEmpty) return false;
  return job.attempts.size < job.maxRunning && job.started.backups < mostBackups(job);
}

function mostBackups(job: Job): number {
  return Math.max(1, Math.floor(job.attempts.size / ATTEMPTS_PER_BACKUP));
}

/** Looks if something may be overdue, and otherwise sees to it that somebody does when it may be. */
function lookInTime(round: Round, job: Job): void {
  const { ctx } = round;
  const { started } = job;
  let dueMs = earliestDueMs(job);
  if (dueMs <= ctx.nowMs && ctx.catchingUpUntilMs <= ctx.nowMs) {
    started.lookedAtMs = ctx.nowMs;
    for (const stage of TASK_STAGES) look(round, job, stage);
    dueMs = earliestDueMs(job);
  }
  started.nextLookMs = Math.max(dueMs, ctx.catchingUpUntilMs);
  watchJob(ctx, job);
}

/** Before that no attempt can be overdue; `Infinity` where none can be at all. */
function earliestDueMs(job: Job): number {
  let dueMs = Number.POSITIVE_INFINITY;
  for (const stage of TASK_STAGES) {
    const oldestMs = job.started.oldestMs(stage) ?? Number.POSITIVE_INFINITY;
    dueMs = Math.min(dueMs, oldestMs + patienceMs(job, stage, 0));
  }
  return Math.max(dueMs, job.started.lookedAtMs + LOOK_EVERY_MS);
}

/** How long an attempt of the stage with so much input may run; `Infinity` while nobody knows. */
function patienceMs(job: Job, stage: TaskStage, inputBytes: number): number {
  const typicalMs = job.tallies[stage].typicalMs(inputBytes);
  if (typicalMs === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(PATIENCE_MIN_MS, PATIENCE * typicalMs);
}

function look(round: Round, job: Job, stage: TaskStage): void {
  // While a map is missing there is nothing that a reduce could be started with.
  if (stage === 'reduce' && job.manifestPath === undefined) return;
  let inVain = 0;
  for (const overdue of overdueOf(job, stage, round.ctx.nowMs)) {
    if (!mayHaveBackups(job) || unpromisedSlots(round) <= 0) return;
    const worker = idleWorker(round, job, overdue);
    if (worker) startBackup(round, job, overdue, worker);
    else inVain += 1;
    if (inVain >= IN_VAIN_MAX) return;
  }
}

/** From the one that has run longest to the first that no patience can be too short for. */
function* overdueOf(job: Job, stage: TaskStage, nowMs: number): Generator<Overdue> {
  const shortestMs = patienceMs(job, stage, 0);
  for (const attempt of job.started.of(stage)) {
    const ranMs = nowMs - (attempt.startedAtMs ?? nowMs);
    if (ranMs < shortestMs) return;
    const task = job.task(stage, attempt.ref.task_index);
    if (!task || !mayHaveBackup(task, attempt)) continue;
    if (ranMs >= patienceMs(job, stage, inputOf(task, attempt))) yield { task, attempt, ranMs };
  }
}

/**
 * One at a time; and what may take Workers down is not given a second one, nor what looks for bad
 * records: that is a question, and one answer to it is enough.
 */
function mayHaveBackup(task: Task, attempt: Attempt): boolean {
  const isSuspect = attempt.alone || task.runsAlone || task.search !== undefined;
  return task.isOnlyAttempt(attempt) && !isSuspect;
}

/** What a reduce will read is not known, but one that has read more than others has reason to be late. */
function inputOf({ stage, inputBytes }: Task, { bytesRead }: Attempt): number {
  return stage === 'map' ? inputBytes : bytesRead;
}

/** A Worker with an idle slot that is not known to be slow, and on which the task has not failed. */
function idleWorker(round: Round, job: Job, { task, attempt }: Overdue): WorkerRecord | undefined {
  const { slowWorkers } = job.started;
  for (const worker of round.ctx.servers.roomiest) {
    if (worker.freeSlots <= 0) return undefined;
    if (worker.id === attempt.workerId || slowWorkers.has(worker.id)) continue;
    if (task.triedOn.has(worker.id) || round.reserved.has(worker)) continue;
    if (isEligible(round, job, worker)) return worker;
  }
  return undefined;
}

interface Overdue {
  readonly task: Task;
  readonly attempt: Attempt;
  readonly ranMs: number;
}

function startBackup(
  { ctx }: Round,
  job: Job,
  { task, attempt, ranMs }: Overdue,
  worker: WorkerRecord,
): void {
  const backup = task.newBackup(worker, ctx.nowMs, attempt);
  job.started.slowWorkers.add(attempt.workerId);
  job.started.backups += 1;
  job.attemptCounts[task.stage].backups += 1;
  const ran = Math.round(ranMs);
  ctx.log(
    'info',
    `${job.name}/${nameOf(attempt)} has run for ${String(ran)} ms on ${attempt.workerId}: backup ${nameOf(backup)} on ${worker.id}`,
  );
  ctx.tell(job, {
    kind: 'backup_started',
    attempt: nameOf(backup),
    worker_id: worker.id,
    slow_attempt: nameOf(attempt),
    slow_worker_id: attempt.workerId,
    ran_ms: ran,
  });
  sendAttempt(ctx, job, task, worker, backup);
}
