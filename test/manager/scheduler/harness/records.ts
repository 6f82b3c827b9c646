import { expect } from 'vitest';
import type { Context } from '../../../../src/manager/scheduler/context.ts';
import type { Past } from '../../../../src/manager/scheduler/past.ts';
import { readPast } from '../../../../src/manager/scheduler/read-past.ts';
import { isAwaited, type JournalRecord } from '../../../../src/manager/scheduler/records.ts';
import { pastOf, recordsOf } from '../../../../src/manager/scheduler/snapshot.ts';

/** The journal of simulated Managers: which of its records a crash leaves. */
export class Records {
  /** How many of {@link all} are known to be durable. */
  told = 0;
  #all: JournalRecord[] = [];
  readonly #onDurable: (record: JournalRecord) => void;

  /** @param onDurable told of records that turn out to be durable only after a crash */
  constructor(onDurable: (record: JournalRecord) => void) {
    this.#onDurable = onDurable;
  }

  get all(): readonly JournalRecord[] {
    return this.#all;
  }

  append(record: JournalRecord): void {
    this.#all.push(record);
  }

  /**
   * What the next Manager starts with. Reading all records, reading a snapshot of them and looking
   * at the Manager that wrote them must come to the same (I8).
   */
  crash(state: Context, keeps: number): readonly JournalRecord[] {
    this.#compareWith(state);
    const kept = this.told + Math.round((this.#all.length - this.told) * keeps);
    for (const record of this.#all.slice(this.told, kept)) this.#onDurable(record);
    const past = readPast(this.#all.slice(0, kept));
    const snapshot = recordsOf(past);
    expect(readPast(snapshot)).toEqual(past);
    this.#all = [...snapshot];
    this.told = snapshot.length;
    return snapshot;
  }

  /** What nobody waits for has happened as soon as it is written. */
  #compareWith(state: Context): void {
    const happened = this.#all.filter((record, at) => at < this.told || !isAwaited(record));
    expect(comparable(pastOf(state))).toEqual(comparable(readPast(happened)));
  }
}

/** Without times, which are rounded. */
function comparable({ jobs }: Past) {
  return [...jobs.values()].map(({ stageTimes: _times, ...job }) => job);
}
