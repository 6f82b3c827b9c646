/** What the commands exit with; scripts retry on 3, never on 2 (spec/commands). */
export const EXIT_CODES = {
  succeeded: 0,
  jobFailed: 1,
  /** Wrong use, or refused. */
  usage: 2,
  managerUnreachable: 3,
  waitTimedOut: 4,
  jobCancelled: 5,
  /** A broken invariant of ours. */
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;
