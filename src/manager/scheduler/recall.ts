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
 * Takes back what waits ahead on a Worker that gets no more of its job, or when a slot elsewhere is
 * idle, or when an earlier job could use the place: else the later job would start first. One
 * recall for each opening, those under way included, and only where the place then goes to somebody
 * else: nothing goes back and forth.
 */
export function recall(round: Round): void {
  const { ctx, jobs, servers, reserved } = round;
  const all = jobs.flatMap((job) => waitingAhead(round, job));
  if (!all.some(isStillWaiting)) return;
  const idle = servers.filter((worker) => worker.freeSlots > 0 && !reserved.has(worker));
  const openings: Openings = {
    idleSlots: new Map(idle.map((worker) => [worker, worker.freeSlots])),
    wanting: new Map(jobs.map((job) => [job, tasksWithoutPlace(ctx, job, all.length)])),
  };
  // What is on its way back has an opening already.
  for (const each of all.filter(({ attempt }) => attempt.recalled)) {
    void (movesToIdleSlot(round, each, openings) ?? givesWayTo(round, each, openings));
  }
  for (const each of all.filter(isStillWaiting)) {
    if (!takesMore(round, each)) takeBack(ctx, each, `${each.worker.id} gets no more of its job`);
  }
  for (const each of all.filter(isStillWaiting)) {
    const server = movesToIdleSlot(round, each, openings);
    if (server) takeBack(ctx, each, `a slot is idle on ${server.id}`);
  }
  // Of several later jobs the last gives way first.
  const lastFirst = jobs.toReversed().flatMap((job) => waitingAhead(round, job));
  for (const each of lastFirst.filter(isStillWaiting)) {
    const earlier = givesWayTo(round, each, openings);
    if (earlier) takeBack(ctx, each, `an earlier job, ${earlier.name}, needs the slot`);
  }
}

function isStillWaiting({ attempt }: Waiting): boolean {
  return !attempt.recalled;
}

/** The last sent first: it would wait longest. */
function waitingAhead({ ctx }: Round, job: Job): readonly Waiting[] {
  return [...job.attempts].toReversed().flatMap((attempt) => {
    const worker = attempt.ahead ? ctx.workers.get(attempt.workerId) : undefined;
    // One that has just come back will say whether it takes tasks.
    const isHere = worker?.connection !== undefined && worker.ready !== undefined;
    return isHere ? [{ worker, attempt, job }] : [];
  });
}

/** Whether the attempt would be sent there now: the Worker may be paused, blind or avoided. */
function takesMore(round: Round, { worker, job }: Waiting): boolean {
  return round.servers.includes(worker) && isEligible(round, job, worker);
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

/** Uses up an idle slot that this attempt could have; undefined where there is none. */
function movesToIdleSlot(
  round: Round,
  { job }: Waiting,
  openings: Openings,
): WorkerRecord | undefined {
  for (const [server, slots] of openings.idleSlots) {
    if (slots === 0 || !isEligible(round, job, server)) continue;
    openings.idleSlots.set(server, slots - 1);
    return server;
  }
  return undefined;
}

/** Uses up a task of an earlier job that could have this attempt's place. */
function givesWayTo(round: Round, { worker, job }: Waiting, openings: Openings): Job | undefined {
  if (round.reserved.has(worker)) return undefined;
  for (const [earlier, tasks] of openings.wanting) {
    if (earlier === job) return undefined;
    if (!isEligible(round, earlier, worker)) continue;
    const at = tasks.findIndex((task) => !isBetterElsewhere(round, earlier, task, worker));
    if (at < 0) continue;
    tasks.splice(at, 1);
    return earlier;
  }
  return undefined;
}

function takeBack(ctx: Context, { worker, attempt }: Waiting, reason: string): void {
  attempt.recalled = true;
  ctx.order(worker, { message_type: 'cancel_task', ...attempt.ref, only_queued: true, reason });
}
