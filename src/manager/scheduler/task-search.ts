import type { LineSelection } from '../../protocol/manager-orders.ts';
import { BAD_RECORD_CAUSE_CHARS_MAX } from '../../protocol/limits.ts';
import type { LinePlace } from '../../protocol/worker-messages.ts';
import { RecordSearch } from './record-search.ts';

/** A bad line of one map: its number there, where it lies, and at what the mapper failed. */
export interface FoundRecord extends LinePlace {
  readonly line: number;
  readonly cause: string;
}

/** The search for bad records of one map, with what it has found. It lasts as long as the task. */
export class TaskSearch {
  /** `map-00012` */
  readonly task: string;
  readonly machine: RecordSearch;
  readonly found: FoundRecord[];

  /** @param found in an earlier life of the Manager, in the order of their lines */
  constructor(task: string, found: readonly FoundRecord[] = []) {
    this.task = task;
    this.found = [...found];
    this.machine = new RecordSearch(found.map(({ line }) => line));
  }

  /** What the next attempt is given. */
  get selection(): LineSelection {
    const { from, to, probe, count } = this.machine.question;
    const except = this.found
      .filter(({ line }) => line >= from && line < to)
      .map(({ line, cause }) => ({ line, cause }));
    return { from, to, except, probe, count };
  }

  /** Notes a line that was isolated. */
  add(line: number, place: LinePlace, cause: string): FoundRecord {
    const { path, offset, length } = place;
    const short = cause.slice(0, BAD_RECORD_CAUSE_CHARS_MAX);
    const record = { line, path, offset, length, cause: short };
    this.found.push(record);
    return record;
  }
}
