import type { Context } from './context.ts';
import { requestStop } from './stages.ts';
import { refuseRequests } from './submission.ts';

/** How the Manager ends: jobs are called off, Workers told or left, then exit. */

/** All of it must fit into the 5 s that spec/protocol gives to `shutdown`. */
const STOP_WITHIN_MS = 3000;

/**
 * `shutdown` ends the cluster, a signal only this Manager. Jobs stay in a journal on disk for the
 * next one; those of a journal in memory cannot outlive it, so they are cancelled rather than left
 * half done.
 */
export function beginStop(ctx: Context, endWorkers: boolean): void {
  if (ctx.stopping) {
    if (!endWorkers || ctx.stopping.endWorkers) return;
    ctx.stopping = { ...ctx.stopping, endWorkers };
  } else {
    ctx.log('info', endWorkers ? 'Shutting the cluster down' : 'This Manager stops');
    ctx.stopping = { deadlineMs: ctx.nowMs + STOP_WITHIN_MS, endWorkers };
    ctx.reviewDue = true;
  }
  refuseRequests(ctx);
  if (ctx.options.durable === true) return;
  for (const job of ctx.jobs.values()) {
    if (!job.hasEnded)
      requestStop(ctx, job, endWorkers ? 'shutdown of the cluster' : 'the end of its Manager');
  }
}

/** Workers are told once the jobs are over; the Manager exits when they have left. */
export function goOnStopping(ctx: Context): void {
  const { stopping } = ctx;
  if (!stopping || ctx.exited) return;
  const late = ctx.nowMs >= stopping.deadlineMs;
  const mustEnd = ctx.options.durable !== true;
  const busy = mustEnd && [...ctx.jobs.values()].some((job) => !job.hasEnded);
  if (busy && !late) return;
  if (stopping.endWorkers) tellWorkers(ctx);
  const waiting = stopping.endWorkers && ctx.workers.size > 0;
  if (waiting && !late) return;
  ctx.exited = true;
  ctx.emit({ type: 'exit', code: 0 });
}

function tellWorkers(ctx: Context): void {
  for (const worker of ctx.workers.values()) {
    if (worker.toldToStop || worker.connection === undefined) continue;
    worker.toldToStop = true;
    ctx.order(worker, { message_type: 'shutdown' });
  }
}
