import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { isBetterElsewhere, isEligible, type Round } from './round.ts';
import type { Attempt, Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** An attempt that waits on a Worker for a slot. */
interface Waiting {
  readonly worker: WorkerRecord;
  readonly attempt: Attempt;
  readonly job: Job;
}

/** What a recalled attempt would make room for, or move to. Each is used up by one recall. */
interface Openings {
  /** Slots that no waiting task could use. */
  readonly idleSlots: Map<WorkerRecord, number>;
  /** By job: tasks that lack nothing but a place. */
  readonly wanting: Map<Job, Task[]>;
}

/**
 * Takes back what waits ahead on a Worker when a slot elsewhere is idle, or when an earlier job
 * could use the place: else the later job would start first. One recall for each opening, those
 * under way included, and only where the place then goes to somebody else: nothing goes back and
 * forth.
 */
export function recall(round: Round): void {
  const waiting = waitingAhead(round);
  if (waiting.every(({ attempt }) => attempt.cancelled)) return;
  const openings: Openings = {
    idleSlots: new Map(
      round.servers
        .filter((worker) => worker.freeSlots > 0 && !round.reserved.has(worker))
        .map((worker) => [worker, worker.freeSlots]),
    ),
    wanting: new Map(
      round.jobs.map((job) => [job, tasksWithoutPlace(round.ctx, job, waiting.length)]),
    ),
  };
  for (const each of waiting) if (each.attempt.cancelled) takeOpening(round, each, openings);
  for (const each of waiting) {
    if (each.attempt.cancelled) continue;
    const reason = takeOpening(round, each, openings);
    if (reason !== undefined) takeBack(round.ctx, each, reason);
  }
}

/** The last sent first: it would wait longest. */
function waitingAhead(round: Round): readonly Waiting[] {
  return round.servers.flatMap((worker) =>
    [...worker.attempts.values()].toReversed().flatMap((attempt) => {
      const job = round.ctx.jobs.get(attempt.ref.job_id);
      return attempt.ahead && job?.isRunning === true ? [{ worker, attempt, job }] : [];
    }),
  );
}

/** At most `most` tasks of a job that could be sent to a Worker if one had room. */
function tasksWithoutPlace(ctx: Context, job: Job, most: number): Task[] {
  const tasks: Task[] = [];
  const wanted = Math.min(most, job.maxRunning - job.attempts.size);
  for (const task of job.pending) {
    if (tasks.length >= wanted) break;
    if (!task.runsAlone && task.notBeforeMs <= ctx.nowMs) tasks.push(task);
  }
  return tasks;
}

/** Uses up what a recall of this attempt would serve, and says what it is; undefined: nothing. */
function takeOpening(round: Round, waiting: Waiting, openings: Openings): string | undefined {
  const { worker, job } = waiting;
  for (const [server, slots] of openings.idleSlots) {
    if (slots === 0 || !isEligible(round, job, server)) continue;
    openings.idleSlots.set(server, slots - 1);
    return `a slot is idle on ${server.id}`;
  }
  if (round.reserved.has(worker)) return undefined;
  for (const [earlier, tasks] of openings.wanting) {
    if (earlier === job) return undefined;
    if (!isEligible(round, earlier, worker)) continue;
    const at = tasks.findIndex((task) => !isBetterElsewhere(round, earlier, task, worker));
    if (at < 0) continue;
    tasks.splice(at, 1);
    return `an earlier job, ${earlier.name}, needs the slot`;
  }
  return undefined;
}

function takeBack(ctx: Context, { worker, attempt }: Waiting, reason: string): void {
  attempt.cancelled = true;
  ctx.order(worker, { message_type: 'cancel_task', ...attempt.ref, reason });
}
