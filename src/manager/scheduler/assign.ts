import { noteBegun } from './attempt-books.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { recall } from './recall.ts';
import { isBetterElsewhere, isEligible, type Round } from './round.ts';
import { orderFor } from './task-order.ts';
import type { Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * Pairs waiting tasks with Workers: first free slots, job by job in order; then one task ahead per
 * slot while tasks are left; then recalls what was sent ahead but is wanted elsewhere.
 * Deterministic: jobs by priority and id, tasks by queue, Workers by free room and registration.
 */
export function assign(ctx: Context): void {
  if (ctx.stopping || ctx.noRoom !== undefined) return;
  const jobs = ctx.runningJobs();
  const servers = [...ctx.workers.values()].filter((worker) => worker.canServe(ctx.nowMs));
  if (jobs.length === 0 || servers.length === 0) return;
  const round: Round = { ctx, jobs, servers, reserved: new Set() };
  for (const job of jobs) {
    fillAlone(round, job);
    fill(round, job, { room: 'slots', elsewhereFirst: true });
    fill(round, job, { room: 'slots', elsewhereFirst: false });
  }
  for (const job of jobs) fill(round, job, { room: 'ahead', elsewhereFirst: true });
  recall(round);
}

/** Finds an empty Worker for each task that must have one to itself, or keeps one free for it. */
function fillAlone(round: Round, job: Job): void {
  const { ctx, servers, reserved } = round;
  for (const task of job.pending) {
    // Tasks that were never tried come last.
    if (task.lastAttempt === undefined || job.attempts.size >= job.maxRunning) return;
    if (!task.runsAlone || task.notBeforeMs > ctx.nowMs) continue;
    const open = servers.filter((each) => !reserved.has(each) && isEligible(round, job, each));
    const worker = emptiest(task, open);
    if (worker?.attempts.size === 0) dispatch(ctx, job, task, worker);
    else if (worker) reserved.add(worker);
  }
}

interface Filling {
  readonly room: 'slots' | 'ahead';
  /** Passes over a task for Workers that it has failed on while it has not on another. */
  readonly elsewhereFirst: boolean;
}

/** Hands out tasks of one job until it has none, or nobody takes one. */
function fill(round: Round, job: Job, filling: Filling): void {
  const { ctx, servers, reserved } = round;
  const hasRoom = (worker: WorkerRecord): boolean => roomIn(worker, filling.room) > 0;
  if (!servers.some(hasRoom)) return;
  for (const task of job.pending) {
    if (job.attempts.size >= job.maxRunning) return;
    if (task.notBeforeMs > ctx.nowMs) continue;
    if (task.runsAlone) continue;
    const open = servers.filter((each) => !reserved.has(each) && isEligible(round, job, each));
    const roomy = open.filter(hasRoom);
    if (roomy.length === 0) return;
    const worker = roomiest(round, job, task, { roomy, ...filling });
    if (worker) dispatch(ctx, job, task, worker);
  }
}

function roomIn(worker: WorkerRecord, room: Filling['room']): number {
  return room === 'slots' ? worker.freeSlots : worker.freeSlots + worker.slots;
}

/** Most room first, where the task has not failed yet if possible. */
function roomiest(
  round: Round,
  job: Job,
  task: Task,
  { roomy, elsewhereFirst }: Filling & { readonly roomy: readonly WorkerRecord[] },
): WorkerRecord | undefined {
  let best: WorkerRecord | undefined;
  for (const worker of roomy) {
    if (elsewhereFirst && isBetterElsewhere(round, job, task, worker)) continue;
    if (!best || isBetter(task, worker, best)) best = worker;
  }
  return best;
}

function isBetter(task: Task, worker: WorkerRecord, best: WorkerRecord): boolean {
  const tried = task.triedOn.has(worker.id);
  if (tried !== task.triedOn.has(best.id)) return !tried;
  return worker.freeSlots > best.freeSlots;
}

function emptiest(task: Task, candidates: readonly WorkerRecord[]): WorkerRecord | undefined {
  return candidates.toSorted(
    (a, b) =>
      a.attempts.size - b.attempts.size ||
      Number(task.triedOn.has(a.id)) - Number(task.triedOn.has(b.id)),
  )[0];
}

function dispatch(ctx: Context, job: Job, task: Task, worker: WorkerRecord): void {
  job.queueOf(task.stage).remove(task);
  const attempt = task.newAttempt(worker, ctx.nowMs, worker.freeSlots <= 0);
  worker.add(attempt);
  job.attempts.add(attempt);
  job.attemptCounts[task.stage].attempts += 1;
  if (!attempt.ahead) noteBegun(ctx, job, attempt);
  ctx.order(worker, orderFor(ctx, job, task, attempt));
  ctx.emit({
    type: 'append',
    record: {
      type: 'attempt_dispatched',
      attempt: attempt.ref,
      workerId: worker.id,
      nonce: worker.nonce,
    },
  });
}
