import type { AttemptStatistics, OutputFile } from '../../protocol/worker-messages.ts';

/** What a map or reduce task has to show when it has succeeded. */
export interface TaskWork {
  /** Its run or its part. */
  readonly output: OutputFile;
  readonly statistics: Omit<AttemptStatistics, 'duration_ms'>;
}
