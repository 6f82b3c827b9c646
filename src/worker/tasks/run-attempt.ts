import type { ProgramRole } from '../../protocol/job-spec.ts';
import type { AttemptStatistics } from '../../protocol/worker-messages.ts';
import { FoldError } from '../../shuffle/folds/fold.ts';
import { Attempt } from './attempt.ts';
import { AttemptKilled, failureOf } from './attempt-failure.ts';
import { AttemptProgress } from './attempt-progress.ts';
import { readingPlace } from './map-input.ts';
import { runMapTask } from './map-task.ts';
import { runReduceTask } from './reduce-task.ts';
import { reproduceLine } from './reproduce.ts';
import type { RetryTiming } from './retry-unreadable-runs.ts';
import { lookAtLines } from './selected-input.ts';
import type { SlotContext } from './slot-context.ts';
import type {
  SlotEvent,
  TaskFailure,
  TaskOrderMessage,
  TaskResult,
  TaskSuccess,
} from './task-result.ts';
import type { TaskWork } from './task-work.ts';

export interface AttemptRun {
  readonly context: SlotContext;
  /** Kills the attempt. */
  readonly signal: AbortSignal;
  readonly timing: RetryTiming;
  readonly onEvent: (event: SlotEvent) => void;
}

/**
 * Runs one attempt in the calling thread, from its directories to its log; `ended` is its last
 * event. Rejects only for a bug, with everything cleaned up and no `ended`.
 */
export async function runAttempt(order: TaskOrderMessage, run: AttemptRun): Promise<void> {
  const progress = new AttemptProgress(run.onEvent);
  let result: TaskResult;
  try {
    result = await attemptResult(order, run, progress);
  } finally {
    progress.stop();
  }
  run.onEvent({ type: 'ended', result });
}

async function attemptResult(
  order: TaskOrderMessage,
  { context, signal, timing }: AttemptRun,
  progress: AttemptProgress,
): Promise<TaskResult> {
  const startedMs = timing.nowMs();
  let attempt: Attempt | undefined;
  try {
    attempt = new Attempt({ order, context, signal, progress });
    const work =
      order.stage === 'map'
        ? await runMapTask(order, attempt)
        : await runReduceTask(order, attempt, timing);
    const durationMs = Math.round(timing.nowMs() - startedMs);
    const statistics: AttemptStatistics = { ...work.statistics, duration_ms: durationMs };
    const isProbe = order.stage === 'map' && order.lines?.probe === true;
    return isProbe ? probed(attempt, work, statistics) : finished(attempt, work, statistics);
  } catch (error) {
    attempt?.discard();
    if (signal.aborted || error instanceof AttemptKilled) return { outcome: 'killed' };
    const failure = failed(order, attempt, error);
    return attempt ? await withLines(order, attempt, failure) : failure;
  } finally {
    attempt?.close();
  }
}

function finished(attempt: Attempt, work: TaskWork, statistics: AttemptStatistics): TaskSuccess {
  const leftOut = work.selected?.leftOut ?? [];
  const outputs = [work.output, ...leftOut, ...attempt.takeSideFiles(leftOut)];
  const counters = attempt.programs.counters.totals();
  return { outcome: 'finished', outputs, statistics, counters };
}

/** It was good, and nothing of it is wanted. */
function probed(
  attempt: Attempt,
  { selected }: TaskWork,
  statistics: AttemptStatistics,
): TaskSuccess {
  attempt.discard();
  const lines = selected?.seen ?? { total: null, last: null };
  return { outcome: 'finished', outputs: [], statistics, counters: [], lines };
}

/** Of a selection that failed the Manager wants to know more than the mapper got to see. */
async function withLines(
  order: TaskOrderMessage,
  attempt: Attempt,
  failure: TaskFailure,
): Promise<TaskResult> {
  if (order.stage !== 'map' || !order.lines || failure.outcome !== 'failed') return failure;
  try {
    const place = await readingPlace(order.pieces, attempt);
    const lines = await lookAtLines(order.pieces, order.lines, { place, attempt });
    return { ...failure, lines };
  } catch (error) {
    if (error instanceof AttemptKilled) return { outcome: 'killed' };
    return failed(order, attempt, error);
  }
}

function failed(
  order: TaskOrderMessage,
  attempt: Attempt | undefined,
  error: unknown,
): TaskFailure {
  const failure = failureOf(error);
  if (!failure) throw error;
  const role = failure.role ?? blamed(order, error);
  return {
    outcome: failure.outcome,
    cause: failure.cause,
    command: failure.command ?? commandOf(order, role),
    role,
    reproduce: reproduceLine(order, role),
    stderr_tail: attempt?.programs.log.lastLines() ?? [],
    input: attempt?.input ?? null,
    bad_run: failure.badRun,
  };
}

/** Whose work it was that failed. Of a map, only a built-in combiner folds. */
function blamed({ stage }: TaskOrderMessage, error: unknown): ProgramRole {
  if (stage === 'reduce') return 'reducer';
  return error instanceof FoldError ? 'combiner' : 'mapper';
}

function commandOf(order: TaskOrderMessage, role: ProgramRole): string {
  if (order.stage === 'reduce') return order.reducer;
  return role === 'combiner' ? (order.combiner ?? order.mapper) : order.mapper;
}
