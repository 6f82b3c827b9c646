/** One map attempt's run, as the reduce side knows it. */
export interface RunRef {
  readonly path: string;
  readonly mapIndex: number;
  readonly attempt: number;
}

/**
 * A run that is missing, cut short, damaged or of another version: the map task has to run again. The
 * program that reads the partition has seen no end of file.
 */
export class RunUnreadableError extends Error {
  override name = 'RunUnreadableError';
  readonly mapIndex: number;
  readonly attempt: number;
  readonly path: string;
  readonly reason: string;

  constructor(run: RunRef, reason: string, cause?: unknown) {
    super(`Cannot read map output "${run.path}": ${reason}`, { cause });
    this.mapIndex = run.mapIndex;
    this.attempt = run.attempt;
    this.path = run.path;
    this.reason = reason;
  }
}

/** A scratch file of a merge could not be read back: the fault of this machine, not of a map task. */
export class MergeScratchError extends Error {
  override name = 'MergeScratchError';

  constructor(path: string, reason: string, cause?: unknown) {
    super(`Cannot read back merge file "${path}": ${reason}`, { cause });
  }
}
