import type { Lines } from './line-difference.ts';
import type { Ran } from './observations.ts';
import type { KeyRule } from './records.ts';
import type { Source, Trial } from './trial.ts';

/** What programs are tried with. */
export interface Laboratory {
  run(trial: Trial): Promise<Ran>;
  /** Runs a trial once more, so much later that a clock shows another time. */
  again(trial: Trial): Promise<Ran>;
  /** Puts lines into a file of their own, to be the source of trials. */
  write(name: string, lines: Lines): Promise<Source>;
}

/** A job, as far as it decides what is tried. */
export interface Subject {
  readonly sample: Source & { readonly lines: number };
  readonly mapOnly: boolean;
  readonly combiner: 'none' | 'builtin' | 'program';
  readonly sortValues: boolean;
  readonly keyRule: KeyRule;
}
