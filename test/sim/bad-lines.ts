import type { LineSelection, NewMapTask } from '../../src/protocol/manager-orders.ts';
import type { LinePlace, LinesSeen } from '../../src/protocol/worker-messages.ts';
import type { Dice } from './dice.ts';
import type { JobScript } from './job-script.ts';

/** Lines at which one map of a job fails, and how many of them the job may leave out. */
export interface BadLines {
  readonly map: number;
  /** Ascending. */
  readonly lines: readonly number[];
  readonly limit: number;
}

/** How many lines the input of each map has. */
const LINES = 12;
const LINE_BYTES = 8;
const LIMIT_MAX = 3;

/** The same job with some lines that its mapper cannot take: as many as may be, or one more. */
export function withBadLines(script: JobScript, dice: Dice): JobScript {
  const limit = dice.whole(1, LIMIT_MAX);
  const wanted = dice.whole(1, dice.chance(0.8) ? limit : limit + 1);
  const lines = new Set<number>();
  while (lines.size < wanted) lines.add(dice.whole(0, LINES - 1));
  const map = dice.whole(0, script.maps - 1);
  const badLines = { map, lines: [...lines].toSorted((a, b) => a - b), limit };
  return { ...script, badLines, message: { ...script.message, skip_bad_records: limit } };
}

/** Whether what an attempt is given holds a line that its mapper cannot take. */
export function stumbles({ lines: bad }: BadLines, selection: LineSelection | undefined): boolean {
  if (!selection) return true;
  const except = new Set(selection.except.map(({ line }) => line));
  return bad.some((line) => line >= selection.from && line < selection.to && !except.has(line));
}

/** What an attempt that was given a selection has seen of its lines. */
export function linesSeen({ lines, task_index }: NewMapTask, hasFailed: boolean): LinesSeen {
  if (!lines) return { total: null, last: null };
  const last = hasFailed && lines.to > 0 ? placeOf(task_index, lines.to - 1) : null;
  return { total: lines.count ? LINES : null, last };
}

export function placeOf(map: number, line: number): LinePlace {
  return { path: `/in/file-${String(map)}`, offset: line * LINE_BYTES, length: LINE_BYTES };
}

/** What an attempt keeps of the lines that it leaves out: themselves, and where they were. */
export function leftOut(
  map: number,
  lines: readonly number[],
): { readonly lines: string; readonly records: string } {
  return {
    lines: lines.map((line) => `line ${String(line)}\n`).join(''),
    records: lines.map((line) => `${JSON.stringify(placeOf(map, line))}\n`).join(''),
  };
}

/** How a mapper's output tells which lines it has not had. */
export function withoutLines(lines: readonly number[]): string {
  return lines.length === 0 ? '' : ` without ${lines.join()}`;
}
