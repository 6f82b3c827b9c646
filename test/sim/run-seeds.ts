import { simulate } from './simulation.ts';
import type { Totals } from './totals.ts';

export interface SeedRange {
  readonly from: number;
  readonly count: number;
  /** Every so manieth seed of them. */
  readonly stride: number;
}

export interface BrokenSeed {
  readonly seed: number;
  readonly invariant: string;
  readonly message: string;
}

export interface RunOptions {
  readonly totals: Totals;
  readonly assertionsAreCrashes: boolean;
  /** No more than so many failures are of interest. */
  readonly brokenMax: number;
}

/** Simulates one seed after the other. */
export async function runSeeds(
  { from, count, stride }: SeedRange,
  { totals, assertionsAreCrashes, brokenMax }: RunOptions,
): Promise<readonly BrokenSeed[]> {
  const broken: BrokenSeed[] = [];
  for (let seed = from; seed < from + count; seed += stride) {
    const { violation } = await simulate(seed, { totals, assertionsAreCrashes });
    if (!violation) continue;
    broken.push({ seed, invariant: violation.invariant, message: violation.message });
    if (broken.length >= brokenMax) break;
  }
  return broken;
}
