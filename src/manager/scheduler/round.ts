import type { Context } from './context.ts';
import { isAvoided } from './fitness.ts';
import type { Job } from './job.ts';
import type { Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** One round of handing out: who can take tasks at all, and who is kept free. */
export interface Round {
  readonly ctx: Context;
  /** Jobs that want slots, in the order to serve them. */
  readonly jobs: readonly Job[];
  /** Kept free for a task that must have a Worker to itself. */
  readonly reserved: Set<WorkerRecord>;
}

/** Whether a Worker with room may be given tasks of this job. */
export function isEligible(round: Round, job: Job, worker: WorkerRecord): boolean {
  if (worker.cannotStart.has(job.id) || worker.isTakenAlone) return false;
  return !isAvoided(worker, job) || !isWelcomeAnywhere(round, job);
}

function isWelcomeAnywhere({ ctx }: Round, job: Job): boolean {
  for (const each of ctx.servers.all) {
    if (!each.cannotStart.has(job.id) && !isAvoided(each, job)) return true;
  }
  return false;
}

/**
 * Slots that nobody is given or kept free for, less those for attempts on their way back; below 0
 * where more are on their way back than slots are idle.
 */
export function unpromisedSlots({ ctx, reserved }: Round): number {
  let slots = ctx.servers.idleSlots - ctx.recalls.size;
  for (const worker of reserved) slots -= Math.max(0, worker.freeSlots);
  return slots;
}

/** The task has failed on this Worker, and there is one on which it has not. */
export function isBetterElsewhere(
  round: Round,
  job: Job,
  task: Task,
  worker: WorkerRecord,
): boolean {
  if (!task.triedOn.has(worker.id)) return false;
  for (const each of round.ctx.servers.all) {
    if (!task.triedOn.has(each.id) && isEligible(round, job, each)) return true;
  }
  return false;
}
