import { BoundedLog } from './bounded-log.ts';

/** What may be needed to explain how a program ended: a heap dump of Node.js has 30 long lines. */
const LIMITS = { lines: 60, bytes: 16 * 1024 } as const;

/**
 * A log that passes on what is written to the attempt's, and keeps the end of one program's share:
 * what another said before must not explain how this one ended.
 */
export class ProgramStderr {
  readonly #attemptLog: BoundedLog;
  readonly #own = new BoundedLog({ headBytes: 0, tailBytes: LIMITS.bytes });

  constructor(attemptLog: BoundedLog) {
    this.#attemptLog = attemptLog;
  }

  write(bytes: Uint8Array): void {
    this.#attemptLog.write(bytes);
    this.#own.write(bytes);
  }

  /** The last lines, reports taken out. */
  lastLines(): readonly string[] {
    return this.#own.lastLines(LIMITS);
  }
}
