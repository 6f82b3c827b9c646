import type { NewMapTask, NewReduceTask } from '../../protocol/manager-orders.ts';
import type {
  AttemptStatistics,
  Cause,
  CounterValue,
  Failed,
  LinesSeen,
  OutputFile,
} from '../../protocol/worker-messages.ts';

/** What a slot is asked to run. */
export type TaskOrderMessage = NewMapTask | NewReduceTask;

/** How an attempt ended in its slot. */
export type TaskResult = TaskSuccess | TaskFailure | { readonly outcome: 'killed' };

export interface TaskSuccess {
  readonly outcome: 'finished';
  readonly outputs: readonly OutputFile[];
  readonly statistics: AttemptStatistics;
  readonly counters: readonly CounterValue[];
  /** Of a probe, which has no outputs. */
  readonly lines?: LinesSeen;
}

/** The fields of a `failed` message that the attempt itself knows. */
export interface TaskFailure extends Pick<
  Failed,
  'outcome' | 'command' | 'role' | 'reproduce' | 'stderr_tail' | 'input' | 'bad_run' | 'lines'
> {
  readonly cause: Cause;
}

/** What a slot tells while it runs an attempt. `ended` is the last one. */
export type SlotEvent =
  | { readonly type: 'started' }
  | {
      readonly type: 'progress';
      readonly bytesRead: number;
      readonly bytesWritten: number;
      readonly status: string;
    }
  | { readonly type: 'ended'; readonly result: TaskResult };
