import { assert } from '../../runtime/assert.ts';
import { attemptKey, TASK_STAGES } from '../../protocol/ids.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { StageTally } from './stage-tally.ts';
import { type Attempt, nameOf, type Task } from './task.ts';
import type { WorkerRecord } from './worker.ts';

/**
 * What holds between any two steps, whatever came in. Looks at everything, so it belongs into tests
 * and simulation, not into a busy Manager.
 * @throws AssertionError naming what is wrong
 */
export function checkInvariants(ctx: Context): void {
  for (const worker of ctx.workers.values()) checkWorker(ctx, worker);
  for (const [connection, worker] of ctx.workerByConnection) {
    assert(worker.connection === connection, `${worker.id} does not know its own connection`);
    assert(ctx.workers.get(worker.id) === worker, `${worker.id} is connected but not known`);
  }
  checkServers(ctx);
  for (const job of ctx.jobs.values()) checkJob(ctx, job);
  checkOutputs([...ctx.jobs.values()].filter((job) => !job.hasEnded));
  checkClients(ctx);
  for (const [submission, jobId] of ctx.submissions) {
    assert(ctx.jobs.has(jobId), `submission "${submission}" names a job that is not there`);
  }
}

/** A slot runs one attempt and has at most one more waiting; one that must be alone is alone. */
function checkWorker(ctx: Context, worker: WorkerRecord): void {
  const { id, connection } = worker;
  if (connection !== undefined) {
    assert(ctx.workerByConnection.get(connection) === worker, `${id} has another's connection`);
  }
  if (worker.isGhost) return;
  const size = worker.attempts.size - worker.toBeReported.size;
  const alone = [...worker.attempts].some((attempt) => attempt.alone);
  assert(size <= 2 * worker.slots, `${id} has ${String(size)} attempts`);
  assert(!alone || size <= 1, `${id} has an attempt that should be alone there`);
  assert(worker.isTakenAlone === alone, `${id} has lost count of attempts that are alone`);
  for (const attempt of worker.attempts) {
    const key = attemptKey(attempt.ref);
    assert(worker.attempt(attempt.ref) === attempt, `${id} has ${key} twice`);
    assert(attempt.workerId === id, `${id} has an attempt of ${attempt.workerId}`);
    const job = ctx.jobs.get(attempt.ref.job_id);
    assert(job?.attempts.has(attempt) !== false, `${key} is at ${id} but not in its job`);
  }
}

/** The index of those that take tasks says what the Workers themselves say. */
function checkServers({ servers, workers, nowMs }: Context): void {
  let idleSlots = 0;
  for (const worker of servers.all) {
    assert(workers.get(worker.id) === worker, `${worker.id} is given tasks but is gone`);
    assert(worker.canServe(nowMs), `${worker.id} is given tasks but cannot take them`);
    idleSlots += Math.max(0, worker.freeSlots);
  }
  assert(servers.idleSlots === idleSlots, `${String(servers.idleSlots)} slots count as idle`);
  for (const worker of workers.values()) {
    // The end of a pause shows at the next tick.
    const serves = worker.canServe(nowMs) && worker.pausedUntilMs === 0;
    assert(!serves || servers.has(worker), `${worker.id} could be given tasks and is left out`);
  }
}

function checkJob(ctx: Context, job: Job): void {
  for (const attempt of job.attempts) {
    const worker = ctx.workers.get(attempt.workerId);
    assert(
      worker?.attempts.has(attempt) === true,
      `${job.name}/${nameOf(attempt)} is on no Worker`,
    );
    assert(job.isRunning || attempt.cancelled, `${nameOf(attempt)} goes on after its job`);
  }
  checkCounts(job);
  checkStarted(job);
  if (job.isRunning) checkRunning(ctx, job);
  if (job.hasEnded) checkEnded(job);
  for (const client of job.watchers) {
    const watching = ctx.clients.get(client)?.watching.has(job.id);
    assert(watching === true, `client ${String(client)} does not know that it watches ${job.name}`);
  }
}

function checkCounts(job: Job): void {
  if (job.hasEnded) return;
  const maps = committed(job.maps);
  const reduces = committed(job.reduces);
  assert(job.mapsCommitted === maps, `${job.name}: ${String(maps)} maps are committed`);
  assert(job.reducesCommitted === reduces, `${job.name}: ${String(reduces)} reduces are committed`);
  for (const stage of TASK_STAGES) {
    const recount = new StageTally();
    for (const task of stage === 'map' ? job.maps : job.reduces) {
      if (task.state.state === 'committed') recount.add(task, task.state.commit);
    }
    const { bytesDone, outputBytes } = job.tallies[stage];
    const isSame = bytesDone === recount.bytesDone && outputBytes === recount.outputBytes;
    assert(isSame, `${job.name}: the tally of its ${stage} stage is wrong`);
  }
  const manifest = job.manifestPath === undefined || job.allMapsCommitted;
  assert(manifest, `${job.name} has a manifest though a map is missing`);
}

/** Every task is in exactly one place, and every attempt is one that its task waits for. */
function checkRunning(ctx: Context, job: Job): void {
  const running = [...job.attempts].filter((attempt) => isKnownToRun(ctx, attempt));
  assert(running.length <= job.maxRunning, `${job.name} runs more than it may`);
  for (const [tasks, queue] of [
    [job.maps, job.pendingMaps],
    [job.reduces, job.pendingReduces],
  ] as const) {
    const queued = new Set(queue);
    assert(queued.size === queue.size, `${job.name} has a task twice in its queue`);
    for (const task of tasks) checkTask(job, task, queued.has(task));
  }
  for (const attempt of job.attempts) {
    const task = job.task(attempt.ref.stage, attempt.ref.task_index);
    const isWanted = task?.isCurrent(attempt.ref) === true || task?.rivalOf(attempt) !== undefined;
    // Whoever lost a race is cancelled as soon as the winner is committed, and ends some time later.
    assert(isWanted !== attempt.cancelled, `nobody waits for ${nameOf(attempt)}, or all do`);
  }
}

/** Those that an earlier Manager sent out may have ended since. */
function isKnownToRun({ workers }: Context, attempt: Attempt): boolean {
  const worker = workers.get(attempt.workerId);
  return worker?.isGhost === false && !worker.toBeReported.has(attempt);
}

function checkTask(job: Job, task: Task, isQueued: boolean): void {
  const { state } = task;
  const isPending = state.state === 'pending';
  assert(isQueued === isPending, `${task.name} is ${state.state}, queued: ${String(isQueued)}`);
  if (state.state === 'active') {
    assert(job.attempts.has(state.attempt), `${task.name} waits for an attempt that is nowhere`);
    assertOwn(task, state.attempt);
  }
  if (state.state === 'active' || state.state === 'committing') checkRace(job, task, state);
  if (state.state === 'committing') {
    assert(!job.attempts.has(state.attempt), `${nameOf(state.attempt)} finished, yet it runs`);
  }
  if (state.state === 'committed' || state.state === 'committing') {
    const { attempt } = state.commit;
    assert(attempt.attempt <= (task.lastAttempt ?? 0), `${task.name} has a commit of no attempt`);
  }
}

/** Of two attempts of a task one is the other's backup, on another Worker; neither is ahead or alone. */
function checkRace(
  job: Job,
  task: Task,
  { attempt, rival }: { readonly attempt: Attempt; readonly rival: Attempt | undefined },
): void {
  if (!rival) return;
  assertOwn(task, rival);
  const name = nameOf(rival);
  assert(job.spec.backup !== false, `${name} runs beside another in a job without backups`);
  assert(job.attempts.has(rival), `${task.name} waits for ${name}, which is nowhere`);
  const numbers = [attempt.ref.attempt, rival.ref.attempt];
  const isBackup = numbers.includes(rival.backupOf ?? 0) || numbers.includes(attempt.backupOf ?? 0);
  assert(isBackup, `${name} is not the backup of ${nameOf(attempt)}, nor that one its`);
  assert(attempt.workerId !== rival.workerId, `${name} runs on the Worker of ${nameOf(attempt)}`);
  assert(!rival.ahead && !rival.alone, `${name} waits ahead, or is alone, beside another`);
}

/** What is known of started attempts says what the attempts themselves say. */
function checkStarted(job: Job): void {
  const started = [...job.started.of('map'), ...job.started.of('reduce')];
  const wanted = [...job.attempts].filter(
    (attempt) => attempt.startedAtMs !== undefined && !attempt.cancelled,
  );
  const isSame = started.length === wanted.length && started.every((each) => wanted.includes(each));
  assert(isSame, `${job.name} has lost count of its started attempts`);
  const backups = [...job.attempts].filter((attempt) => attempt.backupOf !== undefined).length;
  assert(job.started.backups === backups, `${job.name} has lost count of its backups`);
}

function assertOwn(task: Task, { ref }: Attempt): void {
  const isOwn = ref.stage === task.stage && ref.task_index === task.index;
  assert(isOwn && ref.job_id === task.jobId, `${task.name} has the attempt of another task`);
}

/** An ended job is its report. What Workers have not given back yet was called off. */
function checkEnded(job: Job): void {
  const tasks = job.maps.length + job.reduces.length;
  const queued = job.pendingMaps.size + job.pendingReduces.size;
  assert(tasks === 0 && queued === 0, `${job.name} has ended and keeps its tasks`);
  assert(job.watchers.size === 0, `${job.name} has ended and is watched`);
  assert(job.submitters.length === 0, `${job.name} has ended and owes an answer`);
}

/** No two unfinished jobs write to the same place, or one inside the other's. */
function checkOutputs(jobs: readonly Job[]): void {
  const writers = new Map<string, Job>();
  for (const job of jobs) {
    const other = writers.get(job.place.directory);
    assert(!other, `${job.name} and ${other?.name ?? ''} write to the same place`);
    writers.set(job.place.directory, job);
  }
  for (const job of jobs) {
    const { directory } = job.place;
    for (let at = directory.lastIndexOf('/'); at > 0; at = directory.lastIndexOf('/', at - 1)) {
      const outer = writers.get(directory.slice(0, at));
      assert(!outer, `${job.name} writes into the output of ${outer?.name ?? ''}`);
    }
  }
}

function checkClients(ctx: Context): void {
  for (const [id, client] of ctx.clients) {
    for (const jobId of client.watching) {
      const watched = ctx.jobs.get(jobId)?.watchers.has(id);
      assert(watched === true, `job ${String(jobId)} does not know its watcher ${String(id)}`);
    }
    const owed = client.pending > 0 || client.watching.size > 0;
    assert(owed || !client.ended, `client ${String(id)} waits for nothing and is not closed`);
  }
}

function committed(tasks: readonly Task[]): number {
  return tasks.filter((task) => task.state.state === 'committed').length;
}
