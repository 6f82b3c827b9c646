import { TASK_STAGES } from '../../protocol/ids.ts';
import type { Context } from './context.ts';
import { isSearchDue, openSearch } from './bad-records.ts';
import { addCounterNames, noteCommit } from './committed.ts';
import { Job } from './job.ts';
import { monoTime } from './job-times.ts';
import type { JobPast, OpenAttempt, TaskPast } from './past.ts';
import { taskCounts } from './records.ts';
import type { Attempt, Task } from './task.ts';

/** A job of an earlier Manager as it was, before anything goes on. */
export function restoreJob(ctx: Context, past: JobPast, wallMs: number): Job {
  const { jobId, spec, plan, maps = [], place, submittedAtMs } = past.accepted;
  const job = new Job({
    id: jobId,
    spec,
    plan,
    maps,
    place,
    submittedAtMs,
    nowMs: ctx.nowMs - Math.max(0, wallMs - submittedAtMs),
    firstAttempt: ctx.firstAttempt,
  });
  ctx.jobs.set(jobId, job);
  if (spec.submission_id !== undefined) ctx.submissions.set(spec.submission_id, jobId);
  tellOfTheBeginning(job);
  job.numberEventsAfter(EVENTS_PER_EPOCH * (ctx.options.epoch - 1));
  if (past.ended) restoreEnd(ctx, job, past.ended);
  else restoreWork(ctx, job, past);
  return job;
}

/** More than a job tells in one life of a Manager: who has heard the last one hears the next. */
const EVENTS_PER_EPOCH = 1_000_000;

/** Who watches from the first event on hears these as others did, under the same numbers. */
function tellOfTheBeginning(job: Job): void {
  const plan = { ...job.plan.summary, output_directory: job.place.directory };
  job.keepEvent({ kind: 'accepted', plan });
  if (plan.maps > 0) job.keepEvent({ kind: 'stage_started', stage: 'map', tasks: plan.maps });
}

function restoreEnd(ctx: Context, job: Job, { report, rest }: NonNullable<JobPast['ended']>): void {
  job.move({ phase: 'cleaning', ending: null });
  job.move({ phase: 'ended', report });
  job.mapsCommitted = rest.mapsCommitted;
  job.reducesCommitted = rest.reducesCommitted;
  job.manifestPath = rest.manifestPath ?? undefined;
  job.lastErrors.push(...rest.lastErrors);
  job.lastFailed = rest.lastFailed ?? undefined;
  for (const [attempt, input] of rest.failedInputs) job.failedInputs.set(attempt, input);
  job.warnings.splice(0, job.warnings.length, ...report.warnings);
  job.release(rest);
  job.keptBytes = report.kept_bytes;
  job.endedAtMonoMs = job.submittedMonoMs + (report.finished_at_ms - report.submitted_at_ms);
  job.nextCleanUpMs = job.endedAtMonoMs + ctx.options.keepFailedMs;
}

function restoreWork(ctx: Context, job: Job, past: JobPast): void {
  job.attemptCounts.map = { ...past.attemptCounts.map };
  job.attemptCounts.reduce = { ...past.attemptCounts.reduce };
  for (const stage of TASK_STAGES) {
    const { fromMs, toMs } = past.stageTimes[stage];
    job.stageTimes[stage] = {
      fromMs: fromMs === null ? undefined : monoTime(job, fromMs),
      toMs: toMs === 0 ? 0 : monoTime(job, toMs),
    };
  }
  job.lastErrors.push(...past.lastErrors);
  job.lastFailed = past.lastFailed ?? undefined;
  for (const [attempt, input] of past.failedInputs) job.failedInputs.set(attempt, input);
  job.probes = past.probes;
  job.pendingFailure = past.pendingFailure;
  job.manifestVersion = ctx.firstAttempt - 1;
  for (const known of past.tasks.values()) {
    const task = job.task(known.ref.stage, known.ref.task_index);
    if (task) restoreTask(job, task, known);
  }
  job.move({ phase: 'running' });
  job.pendingMaps.fill(job.maps, ctx.nowMs);
  job.pendingReduces.fill(job.reduces, ctx.nowMs);
}

function restoreTask(job: Job, task: Task, past: TaskPast): void {
  Object.assign(task, taskCounts(past));
  for (const workerId of past.triedOn) task.noteTriedOn(workerId);
  if (past.lastAttempt > 0) task.noteAttempt(past.lastAttempt);
  if (past.found.length > 0 || (!past.commit && isSearchDue(job, task))) {
    openSearch(job, task, past.found);
  }
  if (past.commit) {
    task.restore(job.commits[task.stage].put(past.commit));
    noteCommit(job, task, past.commit);
    addCounterNames(job, past.commit);
  } else if (past.givenUp) {
    task.restore({ state: 'given_up' });
    job.mapsGivenUp += 1;
  } else {
    const [attempt, rival] = past.open.map((each) => attemptOf(job, task, each));
    if (attempt) task.restore({ state: 'active', attempt, rival });
  }
}

/** An attempt that an earlier Manager sent; whether its program runs its Worker will say. */
export function attemptOf(job: Job, task: Task, open: OpenAttempt): Attempt {
  const { stage, index } = task;
  return {
    ref: { job_id: job.id, stage, task_index: index, attempt: open.attempt },
    workerId: open.workerId,
    nonce: open.nonce,
    dispatchedAtMs: monoTime(job, open.atMs),
    orderNumber: 0,
    ahead: false,
    startedAtMs: undefined,
    cancelled: false,
    recalled: false,
    alone: task.runsAlone,
    backupOf: open.backupOf,
    lines: undefined,
    bytesRead: 0,
    status: '',
  };
}
