/** How a Worker leaves. Each phase only ever gives way to a later one. */
export type Departure =
  | { readonly phase: 'staying' }
  /** Takes no tasks and finishes what runs; results then wait for `settled` until `settleByMs`. */
  | { readonly phase: 'draining'; readonly settleByMs: number | undefined }
  /** Programs were killed; leaves when their slots are empty, by `leaveByMs` at the latest. */
  | { readonly phase: 'killing'; readonly leaveByMs: number; readonly exitCode: number }
  | { readonly phase: 'left' };

/** What is left to wait for. */
export interface Remaining {
  /** Slots that are not free. */
  readonly running: number;
  readonly unsettled: number;
}

/** A Manager that does not settle for so long is not waited for. */
const SETTLE_TIMEOUT_MS = 10_000;
/** `shutdown` ends a cluster within 5 s; killing takes part of that, cleaning up the rest. */
const KILL_TIMEOUT_MS = 2000;

/** On the way out: when to say goodbye, and with which exit code. */
export class DepartureTracker {
  #departure: Departure = { phase: 'staying' };

  get phase(): Departure['phase'] {
    return this.#departure.phase;
  }

  drain(): void {
    this.#departure = { phase: 'draining', settleByMs: undefined };
  }

  kill(exitCode: number, nowMs: number): void {
    this.#departure = { phase: 'killing', leaveByMs: nowMs + KILL_TIMEOUT_MS, exitCode };
  }

  leave(): void {
    this.#departure = { phase: 'left' };
  }

  /** The exit code when it is time to go, else undefined. */
  judge(remaining: Remaining, nowMs: number): number | undefined {
    const departure = this.#departure;
    switch (departure.phase) {
      case 'staying':
      case 'left':
        return undefined;
      case 'killing':
        return remaining.running === 0 || nowMs >= departure.leaveByMs
          ? departure.exitCode
          : undefined;
      case 'draining': {
        if (remaining.running > 0) return undefined;
        const settleByMs = departure.settleByMs ?? nowMs + SETTLE_TIMEOUT_MS;
        this.#departure = { phase: 'draining', settleByMs };
        return remaining.unsettled === 0 || nowMs >= settleByMs ? 0 : undefined;
      }
      default:
        return departure satisfies never;
    }
  }

  get deadlineMs(): number | undefined {
    const departure = this.#departure;
    if (departure.phase === 'killing') return departure.leaveByMs;
    return departure.phase === 'draining' ? departure.settleByMs : undefined;
  }
}
