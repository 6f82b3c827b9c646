import {
  type ExitCause,
  exitCodeCause,
  signalCause,
  timeoutCause,
} from '../../../../src/runtime/programs/exit-cause.ts';

/** Exit code, signal or timeout; the row that must explain it; the last lines of stderr; the cause. */
export type RecordedDeath = readonly [
  sign: string,
  end: number | string,
  stderr: string,
  says: string,
];

export function endOf(end: number | string): ExitCause {
  if (typeof end === 'number') return exitCodeCause(end);
  return end === 'timeout' ? timeoutCause(600_000) : signalCause(end);
}
