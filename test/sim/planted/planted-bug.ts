/** A mistake that somebody might make, as a change of the compiled text of one module. */
export interface PlantedBug {
  /** The rule that it breaks. */
  readonly name: string;
  /** Under `src/`, as compiled. */
  readonly file: string;
  /** What is replaced by what, each once. */
  readonly changes: readonly (readonly [find: string, replace: string])[];
  /** Where a hunt begins: a seed that has shown it. Without it, or when seeds mean something else, a
   * hunt takes longer and finds it all the same. */
  readonly firstSeed?: number;
}
