import { randomFrom } from '../manager/scheduler/harness/random.ts';

/** All choices of one simulation, from one seed. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomFrom(seed);
  }

  /** A whole number in [from, to]. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    // No draw where the outcome is sure: a quiet world then costs nothing.
    return probability > 0 && this.#next() < probability;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.whole(0, from.length - 1)] ?? from[0];
  }

  /** Undefined only where there is nothing to pick. */
  pickAny<T>(from: readonly T[]): T | undefined {
    return from[this.whole(0, from.length - 1)];
  }
}
