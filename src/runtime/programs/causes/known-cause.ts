/**
 * A way in which programs die often, by what it leaves behind. All that is given must hold: a line
 * of stderr, the way the program ended, its command.
 */
export interface KnownCause {
  /** What is seen of it, for the table in README.md; a row's name in tests. */
  readonly sign: string;
  /** Matches one of the last lines of stderr; its first group that took part fills `{}`. */
  readonly line?: RegExp;
  /** How the program ended; any failure unless given. */
  readonly ends?: ProgramEnds;
  /** Matches the command, as reports show it. */
  readonly command?: RegExp;
  /** Nothing was on stderr. */
  readonly silent?: true;
  /**
   * `signature`: says it all, whatever else is among the last lines. `symptom`: what comes of
   * another fault, so of use only when nothing else is known. Otherwise the line nearest to the end
   * counts, and ways to end where no line is known.
   */
  readonly weight?: 'signature' | 'symptom';
  /** In words. Left out where the way of ending says it all. */
  readonly cause?: string;
  /** What to do about it; `{accept}` is the option that accepts an exit code of this role. */
  readonly mend: string;
}

export interface ProgramEnds {
  readonly exitCodes?: readonly number[];
  readonly signals?: readonly string[];
  readonly timedOut?: true;
}
