import { RunningMedian } from './running-median.ts';
import type { Commit, Task } from './task.ts';

/** From so many finished tasks on it is known how long one takes. */
const TYPICAL_FROM = 3;

/** Running totals of a stage's committed tasks: progress is shown often, and tasks are many. */
export class StageTally {
  /** Of the input that was planned for maps, or that reduces have read. */
  bytesDone = 0;
  outputBytes = 0;
  /** Of all that ever committed: a voided map took its time all the same. */
  readonly #durationsMs = new RunningMedian();
  readonly #bytes = new RunningMedian();

  add(task: Task, commit: Commit): void {
    this.#count(task, commit, 1);
    this.#durationsMs.add(commit.statistics.duration_ms);
    this.#bytes.add(bytesOf(task, commit));
  }

  /** The commit does not count any more. */
  subtract(task: Task, commit: Commit): void {
    this.#count(task, commit, -1);
  }

  /** How long a task with so much input takes, going by the finished ones; undefined: too few yet. */
  typicalMs(inputBytes: number): number | undefined {
    if (this.#durationsMs.count < TYPICAL_FROM) return undefined;
    // Less input does not mean less time: most programs have something to do before they read.
    return this.#durationsMs.value * Math.max(1, inputBytes / this.#bytes.value);
  }

  #count(task: Task, commit: Commit, sign: 1 | -1): void {
    this.bytesDone += sign * bytesOf(task, commit);
    this.outputBytes += sign * commit.statistics.output_bytes;
  }
}

function bytesOf({ stage, inputBytes }: Task, { statistics }: Commit): number {
  return stage === 'map' ? inputBytes : statistics.input_bytes;
}
