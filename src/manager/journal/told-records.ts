import { isAwaited, type JournalRecord } from '../scheduler/records.ts';

/**
 * Records that are on the disk and whose `recorded` event the core has not had yet: the driver may
 * let the sockets be read first. A state that is taken meanwhile lacks them.
 */
export class ToldRecords {
  #told: JournalRecord[] = [];

  /** It is told to the driver. */
  told(record: JournalRecord): void {
    if (isAwaited(record)) this.#told.push(record);
  }

  /** The core has had it; they come in order. */
  stepped(record: JournalRecord): void {
    if (isAwaited(record)) this.#told.shift();
  }

  /** What has to follow a state of the core, for a snapshot that lacks nothing. */
  get underWay(): readonly JournalRecord[] {
    return this.#told;
  }
}
