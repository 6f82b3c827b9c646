import type { JournalRecord } from '../scheduler/records.ts';
import type { Journal } from './journal.ts';

/** A journal that does not outlive its Manager: jobs end with it. */
export class MemoryJournal implements Journal {
  readonly #onRecorded: (record: JournalRecord) => void;
  #waiting: JournalRecord[] = [];
  #closed = false;

  /** @param onRecorded told each record at the next turn of the event loop */
  constructor(onRecorded: (record: JournalRecord) => void) {
    this.#onRecorded = onRecorded;
  }

  append(record: JournalRecord): void {
    if (this.#closed) return;
    this.#waiting.push(record);
    if (this.#waiting.length === 1) setImmediate(() => this.#flush());
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    return Promise.resolve();
  }

  #flush(): void {
    const records = this.#waiting;
    this.#waiting = [];
    for (const record of records) if (!this.#closed) this.#onRecorded(record);
  }
}
