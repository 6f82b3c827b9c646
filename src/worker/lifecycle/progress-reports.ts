import { attemptKey, type AttemptRef, attemptRefOf } from '../../protocol/ids.ts';
import { STATUS_CHARS_MAX } from '../../protocol/limits.ts';
import type { AttemptProgress } from '../../protocol/worker-messages.ts';
import type { SlotEvent } from '../tasks/task-result.ts';

type SlotProgress = Extract<SlotEvent, { readonly type: 'progress' }>;

/** Progress travels at most so often, whatever the slots say. */
const REPORT_INTERVAL_MS = 500;

/** What running attempts have done since the last `progress` message. */
export class ProgressReports {
  readonly #latest = new Map<string, AttemptProgress>();
  readonly #unsent = new Set<string>();
  #notBeforeMs = 0;

  note(attempt: AttemptRef, progress: SlotProgress): void {
    const key = attemptKey(attempt);
    this.#latest.set(key, {
      ...attemptRefOf(attempt),
      bytes_read: progress.bytesRead,
      bytes_written: progress.bytesWritten,
      status: progress.status.slice(0, STATUS_CHARS_MAX),
    });
    this.#unsent.add(key);
  }

  forget(key: string): void {
    this.#latest.delete(key);
    this.#unsent.delete(key);
  }

  /** Everything that is known, for a new registration. */
  all(nowMs: number): readonly AttemptProgress[] {
    this.#sent(nowMs);
    return [...this.#latest.values()];
  }

  /** When the next batch may go; undefined when there is nothing to tell. */
  get dueAtMs(): number | undefined {
    return this.#unsent.size === 0 ? undefined : this.#notBeforeMs;
  }

  /** The batch that is due now, in the order in which attempts first spoke; empty when none is. */
  take(nowMs: number): readonly AttemptProgress[] {
    if (this.#unsent.size === 0 || nowMs < this.#notBeforeMs) return [];
    const batch = [...this.#latest].filter(([key]) => this.#unsent.has(key));
    this.#sent(nowMs);
    return batch.map(([, progress]) => progress);
  }

  #sent(nowMs: number): void {
    this.#unsent.clear();
    this.#notBeforeMs = nowMs + REPORT_INTERVAL_MS;
  }
}
