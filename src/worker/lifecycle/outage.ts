/** How often a Worker without Manager says so. */
const REMINDER_INTERVAL_MS = 30_000;

/** The time since a Worker last was registered: what to say of it, and when it has been enough. */
export class Outage {
  readonly #orphanTimeoutMs: number | undefined;
  #sinceMs: number | undefined;
  #nextReminderMs: number | undefined;

  /** A Worker begins without a Manager. */
  constructor(orphanTimeoutMs: number | undefined, nowMs: number) {
    this.#orphanTimeoutMs = orphanTimeoutMs;
    this.#sinceMs = nowMs;
  }

  /** The Manager was lost, and this has been said. */
  begin(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#nextReminderMs = nowMs + REMINDER_INTERVAL_MS;
  }

  end(): void {
    this.#sinceMs = undefined;
    this.#nextReminderMs = undefined;
  }

  /** A try failed: whether to say so now. The first one is said, then one every 30 s. */
  shouldRemind(nowMs: number): boolean {
    if (this.#nextReminderMs !== undefined && nowMs < this.#nextReminderMs) return false;
    this.#nextReminderMs = nowMs + REMINDER_INTERVAL_MS;
    return true;
  }

  /** When to stop waiting for ever; undefined: never, or there is a Manager. */
  get orphanedAtMs(): number | undefined {
    if (this.#sinceMs === undefined || this.#orphanTimeoutMs === undefined) return undefined;
    return this.#sinceMs + this.#orphanTimeoutMs;
  }

  /** This process stood still: that was no time without a Manager. */
  excuse(pauseMs: number): void {
    if (this.#sinceMs !== undefined) this.#sinceMs += pauseMs;
  }
}
