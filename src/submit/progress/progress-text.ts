import type { StageProgress } from '../../protocol/job-report.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { describeTime } from '../../runtime/times.ts';
import { humanCountOf, humanPercent, percentOf } from '../reports/human.ts';
import { printable } from '../reports/printable.ts';

/** One stage as it is shown: the Manager's numbers and what the client measured. */
export interface StageView {
  readonly label: 'map' | 'reduce';
  readonly progress: StageProgress;
  /** Undefined while it is not known. */
  readonly bytesPerSecond: number | undefined;
  readonly remainingMs: number | undefined;
}

const LABEL_WIDTH = 'reduce'.length;
const BAR_WIDTH_MAX = 30;
const BAR_WIDTH_MIN = 8;

/**
 * One bar, never wider than `columns`:
 * `map     43 % [======        ] 12/28 tasks, 2 running, 1 failed, 0 lost, 120 MiB/s, ETA 12 s`.
 * On a narrow terminal counts of zero go first, then the bar itself.
 */
export function barText(view: StageView, columns: number): string {
  const head = `${view.label.padEnd(LABEL_WIDTH)} ${humanPercent(doneOf(view), totalOf(view)).padStart(5)}`;
  const full = stageNumbers(view, true).join(', ');
  const room = (tail: string): number => columns - head.length - tail.length - ' [] '.length;
  const tail = room(full) >= BAR_WIDTH_MIN ? full : stageNumbers(view, false).join(', ');
  const width = Math.min(BAR_WIDTH_MAX, room(tail));
  if (width < BAR_WIDTH_MIN) return `${head} ${tail}`.slice(0, Math.max(0, columns));
  const filled = Math.floor((percentOf(doneOf(view), totalOf(view)) * width) / 100);
  return `${head} [${'='.repeat(filled)}${' '.repeat(width - filled)}] ${tail}`;
}

/** What a program reported last, below the bars: `status  reading the index`. */
export function statusText(status: string, columns: number): string {
  const text = `${'status'.padEnd(LABEL_WIDTH)} ${printable(status).replaceAll('\t', ' ')}`;
  return status === '' ? '' : text.slice(0, Math.max(0, columns));
}

/**
 * The same for a log file, one line for the job:
 * `job-0007: map 43 % (12/28 tasks, 2 running, 120 MiB/s, ETA 12 s), reduce 0 % (0/4 tasks)`.
 */
export function progressLine(job: string, stages: readonly StageView[], status: string): string {
  const parts = stages
    .filter((view) => view.progress.tasks > 0)
    .map((view) => {
      const percent = humanPercent(doneOf(view), totalOf(view));
      return `${view.label} ${percent} (${stageNumbers(view, false).join(', ')})`;
    });
  const shown = parts.length === 0 ? 'preparing' : parts.join(', ');
  return status === '' ? `${job}: ${shown}` : `${job}: ${shown}: ${printable(status)}`;
}

/** Bytes tell more than tasks, but empty input has none. */
function doneOf({ progress }: StageView): number {
  return progress.bytes_total > 0 ? capped(progress) : progress.done;
}

function totalOf({ progress }: StageView): number {
  return progress.bytes_total > 0 ? progress.bytes_total : Math.max(progress.tasks, 1);
}

/** All bytes read is not yet all done: 100 % is kept for the last task's end. */
function capped(progress: StageProgress): number {
  const allDone = progress.done >= progress.tasks;
  return allDone
    ? progress.bytes_total
    : Math.min(progress.bytes_done, progress.bytes_total * 0.999);
}

function stageNumbers(view: StageView, zeros: boolean): string[] {
  const { done, tasks, running, failed, lost, backups } = view.progress;
  const numbers = [`${String(done)}/${String(tasks)} tasks`];
  if (zeros || running > 0) numbers.push(`${String(running)} running`);
  if (zeros || failed > 0) numbers.push(`${String(failed)} failed`);
  if (zeros || lost > 0) numbers.push(`${String(lost)} lost`);
  if (backups > 0) numbers.push(humanCountOf(backups, 'backup'));
  if (done < tasks) numbers.push(...paceNumbers(view));
  return numbers;
}

function paceNumbers(view: StageView): string[] {
  const numbers: string[] = [];
  if (view.bytesPerSecond !== undefined && view.bytesPerSecond > 0)
    numbers.push(`${describeSize(Math.round(view.bytesPerSecond))}/s`);
  if (view.remainingMs !== undefined) numbers.push(`ETA ${humanEta(view.remainingMs)}`);
  return numbers;
}

/** Tenths of a second would only flicker. */
function humanEta(remainingMs: number): string {
  const seconds = Math.ceil(remainingMs / 1000);
  return seconds < 60 ? `${String(seconds)} s` : describeTime(seconds * 1000);
}
