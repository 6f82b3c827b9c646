import type { AttemptStatistics, LinesSeen, OutputFile } from '../../protocol/worker-messages.ts';

/** What a map or reduce task has to show when it has succeeded. */
export interface TaskWork {
  /** Its run or its part. */
  readonly output: OutputFile;
  readonly statistics: Omit<AttemptStatistics, 'duration_ms'>;
  /** Of a map that was given a selection of lines: the files of what it left out. */
  readonly selected?: { readonly leftOut: readonly OutputFile[]; readonly seen: LinesSeen };
}
