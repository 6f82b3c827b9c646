import { startBackups } from './backups.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { recall } from './recall.ts';
import { isBetterElsewhere, isEligible, type Round } from './round.ts';
import { sendAttempt } from './send-attempt.ts';
import type { Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * Pairs waiting tasks with Workers: first free slots, job by job in order; then one task ahead per
 * slot while tasks are left; then recalls what was sent ahead but is wanted elsewhere; what slots are
 * idle then may go to backups of attempts that run too long.
 * Deterministic: jobs by priority and id, tasks by queue, Workers by free room and registration.
 *
 * Called after every event, it looks at no more tasks than it gives away, and at no more Workers
 * than those and the ones with room that this job or task has to avoid.
 */
export function assign(ctx: Context): void {
  if (ctx.stopping || ctx.noRoom !== undefined || ctx.servers.size === 0) return;
  const jobs = ctx.runningJobs();
  if (jobs.length === 0) return;
  const needReserve = jobs.some((job) => job.pending.hasAlone);
  const round: Round = { ctx, jobs, reserved: needReserve ? new Set() : NOBODY };
  for (const job of jobs) {
    job.pending.resume(ctx.nowMs);
    if (job.pending.hasAlone) fillAlone(round, job);
    if (ctx.servers.idleSlots === 0) continue;
    fill(round, job, { room: 'slots', elsewhereFirst: true });
    fill(round, job, { room: 'slots', elsewhereFirst: false });
  }
  for (const job of jobs) fill(round, job, { room: 'ahead', elsewhereFirst: true });
  recall(round);
  startBackups(round);
}

/** Of most rounds, of which there is one for each event: only `fillAlone` reserves. */
const NOBODY: Set<WorkerRecord> = new Set();

/** Finds an empty Worker for each task that must have one to itself, or keeps one free for it. */
function fillAlone(round: Round, job: Job): void {
  const { ctx, reserved } = round;
  for (const task of job.pending.alone) {
    if (job.attempts.size >= job.maxRunning) return;
    if (task.notBeforeMs > ctx.nowMs) continue;
    const worker = emptiest(round, job, task);
    if (worker?.attempts.size === 0) dispatch(ctx, job, task, worker);
    else if (worker) reserved.add(worker);
  }
}

/** Of the Workers with fewest attempts one on which the task has not failed, if there is one. */
function emptiest(round: Round, job: Job, task: Task): WorkerRecord | undefined {
  let best: WorkerRecord | undefined;
  for (const worker of round.ctx.servers.emptiest) {
    if (best && worker.attempts.size > best.attempts.size) return best;
    if (round.reserved.has(worker) || !isEligible(round, job, worker)) continue;
    if (!task.triedOn.has(worker.id)) return worker;
    best ??= worker;
  }
  return best;
}

interface Filling {
  readonly room: 'slots' | 'ahead';
  /** Passes over a task for Workers that it has failed on while it has not on another. */
  readonly elsewhereFirst: boolean;
}

/** Hands out tasks of one job until it has none, or nobody takes one. */
function fill(round: Round, job: Job, filling: Filling): void {
  const { servers } = round.ctx;
  if (!servers.haveRoom || !job.pending.hasReady) return;
  for (const task of job.pending.ready()) {
    if (job.attempts.size >= job.maxRunning) return;
    const choice = choose(round, job, task, filling);
    if (choice === 'nobody') return;
    if (choice) dispatch(round.ctx, job, task, choice);
  }
}

/**
 * Most room first, where the task has not failed yet if possible.
 * @returns `nobody` where no Worker has room for any task of this job, undefined for not this one
 */
function choose(
  round: Round,
  job: Job,
  task: Task,
  { room, elsewhereFirst }: Filling,
): WorkerRecord | 'nobody' | undefined {
  let tried: WorkerRecord | undefined;
  for (const worker of round.ctx.servers.roomiest) {
    if (room === 'slots' && worker.freeSlots <= 0) break;
    if (round.reserved.has(worker) || !isEligible(round, job, worker)) continue;
    if (!task.triedOn.has(worker.id)) return worker;
    tried ??= worker;
  }
  if (!tried) return 'nobody';
  return elsewhereFirst && isBetterElsewhere(round, job, task, tried) ? undefined : tried;
}

function dispatch(ctx: Context, job: Job, task: Task, worker: WorkerRecord): void {
  job.queueOf(task.stage).remove(task);
  const attempt = task.newAttempt(worker, ctx.nowMs, worker.freeSlots <= 0);
  sendAttempt(ctx, job, task, worker, attempt);
}
