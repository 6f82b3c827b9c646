import { SENTENCE_CHARS_MAX } from '../../protocol/limits.ts';
import { quote } from '../../protocol/quote.ts';
import type { Failed, Finished } from '../../protocol/worker-messages.ts';
import { recordEnd } from './attempt-books.ts';
import { badRecordsIn, badRecordsLimit } from './bad-records-report.ts';
import type { Context } from './context.ts';
import { failureOf, giveUp } from './give-up.ts';
import type { Job } from './job.ts';
import type { Finding } from './record-search.ts';
import { tryAgain } from './retries.ts';
import { blameless } from './blameless.ts';
import type { Attempt, Task } from './task.ts';
import { type FoundRecord, TaskSearch } from './task-search.ts';

/**
 * `--skip-bad-records`: a map that has failed twice is not tried again as it is. Its further
 * attempts look for the lines at which it fails, and the last one runs without them. None of them is
 * charged, to the task or to its Worker: they are meant to fail.
 */

const FAILURES_BEFORE_SEARCH = 2;
const PATH_CHARS_SHOWN = 500;

/** An attempt whose end is told, and that the task still waits for. */
interface Ended {
  readonly job: Job;
  readonly task: Task;
  readonly attempt: Attempt;
}

/** Whether the next attempt of a map that has just failed should look for bad records. */
export function isSearchDue(job: Job, task: Task): boolean {
  if (task.stage !== 'map' || badRecordsLimit(job) === 0 || task.search !== undefined) return false;
  return task.charged >= Math.min(FAILURES_BEFORE_SEARCH, job.maxAttempts);
}

/** @param found in an earlier life of the Manager */
export function openSearch(job: Job, task: Task, found: readonly FoundRecord[] = []): void {
  task.search = new TaskSearch(task.name, found);
  job.searches.push(task.search);
}

/** From now on the attempts of a task look for bad records, and everybody hears of it. */
export function beginSearch(ctx: Context, job: Job, task: Task): void {
  openSearch(job, task);
  const times = `${String(task.charged)} time${task.charged === 1 ? '' : 's'}`;
  const text = `${task.name} failed ${times}: looking for bad records, of which ${String(badRecordsLimit(job))} may be left out (--skip-bad-records)`;
  ctx.log('warn', `${job.name}: ${text}`);
  ctx.tell(job, { kind: 'warning', text });
}

/** An attempt that was given a selection of lines has failed. */
export function selectionFailed(ctx: Context, ended: Ended, message: Failed): void {
  const { job, task, attempt } = ended;
  const { search } = task;
  job.probes += 1;
  const detail = message.cause.text;
  if (!search || !attempt.lines) {
    recordEnd(ctx, job, attempt, { outcome: 'probed', detail });
    return tryAgain(ctx, job, task, attempt);
  }
  const total = message.lines?.total ?? undefined;
  // The input cannot even be read to its end.
  if (attempt.lines.count && total === undefined) return hopeless(ctx, ended, message, '');
  const finding = search.machine.answer(false, total);
  if (finding.kind === 'isolated') return isolated(ctx, ended, message, finding.line);
  if (finding.kind === 'hopeless') return hopeless(ctx, ended, message, WHY[finding.why]);
  recordEnd(ctx, job, attempt, { outcome: 'probed', detail });
  tryAgain(ctx, job, task, attempt);
}

/** A probe was good: a selection of lines passes. It is no result, whatever it says. */
export function probePassed(ctx: Context, { job, task, attempt }: Ended, message: Finished): void {
  job.probes += 1;
  recordEnd(ctx, job, attempt, { outcome: 'probed', detail: '' });
  const total = message.lines?.total ?? undefined;
  const isAnswer = attempt.lines !== undefined && !(attempt.lines.count && total === undefined);
  const finding = isAnswer ? task.search?.machine.answer(true, total) : undefined;
  if (finding?.kind !== 'hopeless') return tryAgain(ctx, job, task, attempt);
  const cause = job.lastErrors.at(-1) ?? task.name;
  giveUp(ctx, job, { task, attempt }, blameless(withReason(cause, WHY[finding.why])));
}

const WHY: Readonly<Record<Extract<Finding, { kind: 'hopeless' }>['why'], string>> = {
  without: '; it fails whatever is left out, so no record is to blame (--skip-bad-records)',
  always: '; it fails at whatever record it gets, so none is to blame (--skip-bad-records)',
  unsteady: '; it fails only now and then, so no record is to blame (--skip-bad-records)',
};

/** The cause stays in front, and all of it a sentence that fits. */
function withReason(cause: string, reason: string): string {
  return `${cause.slice(0, SENTENCE_CHARS_MAX - reason.length)}${reason}`;
}

function hopeless(ctx: Context, ended: Ended, message: Failed, why: string): void {
  const { job, task, attempt } = ended;
  const failure = failureOf(task, attempt, message);
  recordEnd(ctx, job, attempt, { outcome: 'probed', detail: failure.cause });
  giveUp(ctx, job, { task, attempt }, { ...failure, cause: withReason(failure.cause, why) });
}

function isolated(ctx: Context, ended: Ended, message: Failed, line: number): void {
  const { job, task, attempt } = ended;
  const place = message.lines?.last;
  // A Worker always says where the last line of a selection lies.
  if (!task.search || !place) return hopeless(ctx, ended, message, '');
  const record = task.search.add(line, place, message.cause.text);
  const { path, offset, length, cause } = record;
  recordEnd(ctx, job, attempt, { outcome: 'probed', detail: cause, isolated: record });
  const where = `${quote(path, PATH_CHARS_SHOWN)} at byte ${String(offset)} (${String(length)} bytes)`;
  const text = `Bad record in ${where}, of ${task.name}: ${cause}`;
  ctx.log('warn', `${job.name}: ${text}`);
  ctx.tell(job, { kind: 'warning', text });
  job.keepWarning(text);
  const found = badRecordsIn(job);
  const limit = badRecordsLimit(job);
  if (found <= limit) return tryAgain(ctx, job, task, attempt);
  const failure = failureOf(task, attempt, message);
  const tooMany = `; that is bad record ${String(found)} of the job, and ${String(limit)} may be left out (--skip-bad-records)`;
  giveUp(ctx, job, { task, attempt }, { ...failure, cause: withReason(failure.cause, tooMany) });
}
