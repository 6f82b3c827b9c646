import type { JobEvent } from '../../protocol/job-report.ts';

/** Lets every event through once, but one that only repeats what a job waits for now and then. */
export class WaitingLines {
  readonly #intervalMs: number;
  #lastReason = '';
  #shownAtMs = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Whether this event is worth a line now. */
  mayShow(event: JobEvent, nowMs: number): boolean {
    const reason = event.kind === 'queued_behind' ? `${event.kind} ${event.job}` : event.kind;
    const waits = event.kind === 'queued_behind' || event.kind === 'no_workers';
    const repeated = waits && reason === this.#lastReason;
    if (repeated && nowMs - this.#shownAtMs < this.#intervalMs) return false;
    this.#lastReason = reason;
    this.#shownAtMs = nowMs;
    return true;
  }
}
