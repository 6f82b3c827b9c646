import type { Task } from './task.ts';

/**
 * Tasks of one stage that wait for a Worker, in the order to hand out. Fresh tasks come in index
 * order; one that is tried again goes to the front, for others wait for its output.
 */
export class PendingQueue {
  /** Reversed: the front is the end of the array, so both ends that matter are cheap. */
  readonly #tasks: Task[];

  constructor(tasks: readonly Task[]) {
    this.#tasks = tasks.toReversed();
  }

  get size(): number {
    return this.#tasks.length;
  }

  /** Puts a task that is tried again before all others. */
  pushFront(task: Task): void {
    this.#tasks.push(task);
  }

  /** Waiting tasks from the front; the one just given may be removed on the way. */
  *[Symbol.iterator](): Generator<Task> {
    for (let i = this.#tasks.length - 1; i >= 0; i -= 1) {
      const task = this.#tasks[i];
      if (task) yield task;
    }
  }

  clear(): void {
    this.#tasks.length = 0;
  }

  remove(task: Task): void {
    const at = this.#tasks.lastIndexOf(task);
    if (at >= 0) this.#tasks.splice(at, 1);
  }
}
