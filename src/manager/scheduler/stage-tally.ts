import type { Commit, Task } from './task.ts';

/** Running totals of a stage's committed tasks: progress is shown often, and tasks are many. */
export class StageTally {
  /** Of the input that was planned for maps, or that reduces have read. */
  bytesDone = 0;
  outputBytes = 0;

  add(task: Task, commit: Commit): void {
    this.#count(task, commit, 1);
  }

  /** The commit does not count any more. */
  subtract(task: Task, commit: Commit): void {
    this.#count(task, commit, -1);
  }

  #count({ stage, inputBytes }: Task, { statistics }: Commit, sign: 1 | -1): void {
    this.bytesDone += sign * (stage === 'map' ? inputBytes : statistics.input_bytes);
    this.outputBytes += sign * statistics.output_bytes;
  }
}
