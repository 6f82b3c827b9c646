import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { isBetterElsewhere, isEligible, type Round, unpromisedSlots } from './round.ts';
import type { Attempt, Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/** An attempt that waits on a Worker for a slot. */
interface Waiting {
  readonly worker: WorkerRecord;
  readonly attempt: Attempt;
  readonly job: Job;
}

/**
 * Takes back what waits ahead on a Worker that gets no more of its job, or when a slot elsewhere is
 * idle, or when an earlier job could use the place: else the later job would start first. One
 * recall for each opening, those under way included, and only where the place then goes to somebody
 * else: nothing goes back and forth.
 *
 * While all slots are busy and no earlier job waits, there is nothing to look at.
 */
export function recall(round: Round): void {
  const { ctx, jobs } = round;
  if (jobs.every((job) => job.ahead.isEmpty)) return;
  if (ctx.strandedDue) recallStranded(round);
  const openings = unpromisedSlots(round);
  if (openings > 0) recallForIdleSlots(round, openings);
  // What is on its way back has an opening already.
  recallForEarlierJobs(round, Math.max(0, -openings));
}

/** Only a change among Workers can make one unfit for what it was sent. */
function recallStranded(round: Round): void {
  const { ctx } = round;
  ctx.strandedDue = false;
  for (const each of round.jobs.flatMap((job) => [...waitingAhead(round, job)])) {
    const takesMore = ctx.servers.has(each.worker) && isEligible(round, each.job, each.worker);
    if (!takesMore) takeBack(ctx, each, `${each.worker.id} gets no more of its job`);
  }
}

function recallForIdleSlots(round: Round, openings: number): void {
  const used = new Map<WorkerRecord, number>();
  let left = openings;
  for (const job of round.jobs) {
    for (const each of waitingAhead(round, job)) {
      if (left <= 0) return;
      const server = idleServer(round, job, used);
      if (!server) break;
      used.set(server, (used.get(server) ?? 0) + 1);
      left -= 1;
      takeBack(round.ctx, each, `a slot is idle on ${server.id}`);
    }
  }
}

/** A Worker with an idle slot, not used up, that may be given tasks of this job. */
function idleServer(
  round: Round,
  job: Job,
  used: ReadonlyMap<WorkerRecord, number>,
): WorkerRecord | undefined {
  for (const worker of round.ctx.servers.roomiest) {
    if (worker.freeSlots <= 0) return undefined;
    if (round.reserved.has(worker) || worker.freeSlots <= (used.get(worker) ?? 0)) continue;
    if (isEligible(round, job, worker)) return worker;
  }
  return undefined;
}

/** Tasks that lack nothing but a place, of each job that others came before. */
class Wanting {
  readonly #tasks = new Map<Job, Task[]>();
  /** So many of them are promised a place that is being freed. */
  #promised: number;
  /** More places than that cannot be freed. */
  readonly #most: number;

  constructor(promised: number, jobs: readonly Job[]) {
    this.#promised = promised;
    this.#most = promised + jobs.reduce((sum, job) => sum + job.attempts.size, 0);
  }

  of(job: Job): Task[] {
    const known = this.#tasks.get(job);
    if (known) return known;
    const tasks: Task[] = [];
    const wanted = Math.min(this.#most, job.maxRunning - job.attempts.size);
    for (const task of job.pending.ready()) {
      if (tasks.length >= wanted) break;
      tasks.push(task);
    }
    this.#promised -= tasks.splice(0, this.#promised).length;
    this.#tasks.set(job, tasks);
    return tasks;
  }
}

/** Of several later jobs the last gives way first. */
function recallForEarlierJobs(round: Round, promised: number): void {
  const { jobs } = round;
  if (
    !jobs.slice(0, -1).some((job) => job.attempts.size < job.maxRunning && job.pending.hasReady)
  ) {
    return;
  }
  const wanting = new Wanting(promised, jobs);
  for (const [index, job] of [...jobs.entries()].toReversed()) {
    if (index === 0 || job.ahead.isEmpty) continue;
    for (const each of waitingAhead(round, job)) {
      const earlier = givesWayTo(round, each, jobs.slice(0, index), wanting);
      if (earlier) takeBack(round.ctx, each, `an earlier job, ${earlier.name}, needs the slot`);
    }
  }
}

/** Uses up a task of an earlier job that could have this attempt's place. */
function givesWayTo(
  round: Round,
  { worker }: Waiting,
  earlierJobs: readonly Job[],
  wanting: Wanting,
): Job | undefined {
  if (round.reserved.has(worker)) return undefined;
  for (const earlier of earlierJobs) {
    const tasks = wanting.of(earlier);
    if (tasks.length === 0 || !isEligible(round, earlier, worker)) continue;
    const at = tasks.findIndex((task) => !isBetterElsewhere(round, earlier, task, worker));
    if (at < 0) continue;
    tasks.splice(at, 1);
    return earlier;
  }
  return undefined;
}

/** The last sent first. */
function* waitingAhead({ ctx }: Round, job: Job): Generator<Waiting> {
  if (job.ahead.isEmpty) return;
  for (const attempt of job.ahead) {
    const worker = ctx.workers.get(attempt.workerId);
    // One that has just come back will say whether it takes tasks.
    const isHere = worker?.connection !== undefined && worker.ready !== undefined;
    if (isHere) yield { worker, attempt, job };
  }
}

function takeBack(ctx: Context, { worker, attempt }: Waiting, reason: string): void {
  attempt.recalled = true;
  ctx.recalls.add(attempt);
  ctx.order(worker, { message_type: 'cancel_task', ...attempt.ref, only_queued: true, reason });
}
