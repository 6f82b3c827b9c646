import type { Attempt } from './task.ts';

/** So many may be out of date before they are worth sorting out. */
const STALE_MIN = 32;

/**
 * Attempts of one job that wait ahead on a Worker and were not asked back, the last sent first: it
 * would wait longest. One that got its slot, ended or was asked back is left out when it is met, and
 * all such are sorted out when they may be half of what is kept.
 */
export class AheadStack {
  #attempts: Attempt[] = [];
  #sortOutAt = STALE_MIN;

  push(attempt: Attempt): void {
    this.#attempts.push(attempt);
    if (this.#attempts.length < this.#sortOutAt) return;
    this.#attempts = this.#attempts.filter(isWaiting);
    this.#sortOutAt = 2 * this.#attempts.length + STALE_MIN;
  }

  get isEmpty(): boolean {
    for (let last = this.#attempts.at(-1); last; last = this.#attempts.at(-1)) {
      if (isWaiting(last)) return false;
      this.#attempts.pop();
    }
    return true;
  }

  *[Symbol.iterator](): Generator<Attempt> {
    for (let at = this.#attempts.length - 1; at >= 0; at -= 1) {
      const attempt = this.#attempts[at];
      if (attempt && isWaiting(attempt)) yield attempt;
    }
  }
}

function isWaiting(attempt: Attempt): boolean {
  return attempt.ahead && !attempt.recalled;
}
