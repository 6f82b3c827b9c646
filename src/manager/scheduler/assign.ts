import type { Context } from './context.ts';
import { isAvoided } from './fitness.ts';
import type { Job } from './job.ts';
import { orderFor } from './task-order.ts';
import type { Attempt, Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * Pairs waiting tasks with Workers: first free slots, job by job in order; then one task ahead per
 * slot while fresh tasks are left; then recalls what was sent ahead but is wanted elsewhere.
 * Deterministic: jobs by priority and id, tasks by queue, Workers by free room and registration.
 */
export function assign(ctx: Context): void {
  if (ctx.stopping || !ctx.hasRoom) return;
  const jobs = ctx.runningJobs();
  const servers = [...ctx.workers.values()].filter((worker) => worker.canServe(ctx.nowMs));
  if (jobs.length === 0 || servers.length === 0) return;
  const reserved = new Set<WorkerRecord>();
  for (const job of jobs) fill(ctx, job, servers, reserved, 'slots');
  for (const job of jobs) fill(ctx, job, servers, reserved, 'ahead');
  recall(ctx, jobs, servers);
}

/** Hands out tasks of one job until it has none, or nobody takes one. */
function fill(
  ctx: Context,
  job: Job,
  servers: readonly WorkerRecord[],
  reserved: Set<WorkerRecord>,
  room: 'slots' | 'ahead',
): void {
  if (!servers.some((worker) => roomIn(worker, room) > 0)) return;
  for (const task of job.pending) {
    if (job.attempts.size >= job.maxRunning) return;
    if (task.notBeforeMs > ctx.nowMs) continue;
    const candidates = servers.filter(
      (worker) => isEligible(worker, job, servers) && !reserved.has(worker),
    );
    const worker = task.runsAlone
      ? idle(task, candidates, reserved)
      : roomiest(task, candidates, room);
    if (worker) dispatch(ctx, job, task, worker);
    else if (!task.runsAlone) return;
  }
}

function isEligible(worker: WorkerRecord, job: Job, servers: readonly WorkerRecord[]): boolean {
  if (worker.cannotStart.has(job.id) || worker.isTakenAlone) return false;
  return (
    !isAvoided(worker, job) ||
    servers.every((each) => each.cannotStart.has(job.id) || isAvoided(each, job))
  );
}

function roomIn(worker: WorkerRecord, room: 'slots' | 'ahead'): number {
  return room === 'slots' ? worker.freeSlots : worker.freeSlots + worker.slots;
}

/** Most room first, where the task has not failed yet if possible. */
function roomiest(
  task: Task,
  candidates: readonly WorkerRecord[],
  room: 'slots' | 'ahead',
): WorkerRecord | undefined {
  let best: WorkerRecord | undefined;
  for (const worker of candidates) {
    if (roomIn(worker, room) <= 0) continue;
    if (!best || isBetter(task, worker, best)) best = worker;
  }
  return best;
}

function isBetter(task: Task, worker: WorkerRecord, best: WorkerRecord): boolean {
  const tried = task.triedOn.has(worker.id);
  if (tried !== task.triedOn.has(best.id)) return !tried;
  return worker.freeSlots > best.freeSlots;
}

/** A Worker with nothing else; when there is none, the emptiest is kept free until it is. */
function idle(
  task: Task,
  candidates: readonly WorkerRecord[],
  reserved: Set<WorkerRecord>,
): WorkerRecord | undefined {
  const emptiest = candidates.toSorted(
    (a, b) =>
      a.attempts.size - b.attempts.size ||
      Number(task.triedOn.has(a.id)) - Number(task.triedOn.has(b.id)),
  )[0];
  if (!emptiest) return undefined;
  if (emptiest.attempts.size === 0) return emptiest;
  reserved.add(emptiest);
  return undefined;
}

function dispatch(ctx: Context, job: Job, task: Task, worker: WorkerRecord): void {
  job.queueOf(task.stage).remove(task);
  const attempt = task.newAttempt(worker.id, ctx.nowMs, worker.freeSlots <= 0);
  worker.add(attempt);
  job.attempts.add(attempt);
  job.attemptCounts[task.stage].attempts += 1;
  job.stageTimes[task.stage].fromMs ??= ctx.nowMs;
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

/**
 * Takes back what waits ahead on a Worker when a slot elsewhere is idle, or when it is of a later
 * job than one that could use the place: else the later job would start first. Only what would
 * then go elsewhere is recalled, or it would go back and forth for ever.
 */
function recall(ctx: Context, jobs: readonly Job[], servers: readonly WorkerRecord[]): void {
  const wanting = jobs.find((job) => wantsPlace(ctx, job));
  const nothingWaits = jobs.every((job) => job.pending.size === 0);
  let idleSlots = nothingWaits ? sumOf(servers, (worker) => Math.max(0, worker.freeSlots)) : 0;
  for (const worker of servers) {
    for (const attempt of [...worker.attempts.values()].toReversed()) {
      const job = ctx.jobs.get(attempt.ref.job_id);
      if (!job || !attempt.ahead || attempt.cancelled) continue;
      if (wanting && isLater(job, wanting) && isEligible(worker, wanting, servers)) {
        takeBack(ctx, worker, attempt, `an earlier job, ${wanting.name}, needs the slot`);
      } else if (idleSlots > 0 && hasIdleServer(job, servers)) {
        idleSlots -= 1;
        takeBack(ctx, worker, attempt, 'a slot is idle elsewhere');
      }
    }
  }
}

/** Whether the job has a task that lacks nothing but a place. */
function wantsPlace(ctx: Context, job: Job): boolean {
  if (job.attempts.size >= job.maxRunning) return false;
  for (const task of job.pending) if (!task.runsAlone && task.notBeforeMs <= ctx.nowMs) return true;
  return false;
}

function hasIdleServer(job: Job, servers: readonly WorkerRecord[]): boolean {
  return servers.some((worker) => worker.freeSlots > 0 && isEligible(worker, job, servers));
}

function takeBack(ctx: Context, worker: WorkerRecord, attempt: Attempt, reason: string): void {
  attempt.cancelled = true;
  ctx.order(worker, { message_type: 'cancel_task', ...attempt.ref, reason });
}

function isLater(job: Job, than: Job): boolean {
  if (job === than) return false;
  return job.priority < than.priority || (job.priority === than.priority && job.id > than.id);
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
