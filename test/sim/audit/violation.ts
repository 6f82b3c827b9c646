/** The invariants that are checked, by their numbers. */
export type InvariantName = `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11}`;

/** An invariant is broken, or a core stopped itself with an assertion. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: InvariantName | 'assertion';

  constructor(invariant: InvariantName | 'assertion', message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}
