import type { JournalRecord } from '../scheduler/records.ts';

/**
 * Where the scheduler's facts become durable. Records are told back in the order they were
 * appended, each once, never during `append`.
 */
export interface Journal {
  append(record: JournalRecord): void;
  /** Tells nothing any more. Resolves when what was appended is as durable as it gets. */
  close(): Promise<void>;
}
