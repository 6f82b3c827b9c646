/** Reconnecting never waits longer than this (spec/protocol, Workers). */
const DELAY_MAX_MS = 1000;
const FIRST_DELAY_MS = 50;
/** A registration that lasted so long was a good one: the next loss starts from the beginning. */
const STEADY_MS = 1000;

/**
 * How long to wait before the next try: doubling from 50 ms to 1 s, half of it by chance, so that
 * the Workers of a cluster do not all knock in the same millisecond.
 */
export class BackOff {
  readonly #random: () => number;
  #failures = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A registered connection ended after `lastedMs`. */
  connectionEnded(lastedMs: number): void {
    if (lastedMs >= STEADY_MS) this.#failures = 0;
  }

  /** Whole milliseconds, at least 1. */
  nextDelayMs(): number {
    const fullMs = Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    return Math.ceil(fullMs / 2 + (fullMs / 2) * this.#random());
  }
}
