import { assert } from '../../runtime/assert.ts';
import { KeyedHeap } from './keyed-heap.ts';
import type { Task } from './task.ts';

/**
 * Tasks of one stage that wait for a Worker, in the order to hand out. Fresh tasks come in index
 * order; one that is tried again goes before them, for others wait for its output. Those that have
 * to pause, or need a Worker to themselves, are kept apart, so that nobody steps over them.
 */
export class PendingQueue {
  #fresh: readonly Task[];
  /** Of the fresh ones: which comes next. */
  #nextFresh = 0;
  /** Reversed: the front is the end of the array. */
  readonly #again: Task[] = [];
  /** By the end of their back-off. */
  readonly #paused = new KeyedHeap<Task>();
  readonly #alone = new Set<Task>();

  constructor(tasks: readonly Task[]) {
    this.#fresh = tasks;
  }

  get size(): number {
    return this.#freshLeft + this.#again.length + this.#paused.size + this.#alone.size;
  }

  /** Whether a task lacks nothing but a place. */
  get hasReady(): boolean {
    return this.#again.length > 0 || this.#freshLeft > 0;
  }

  /** Those that need a Worker to themselves, the one that has waited longest first. */
  get alone(): Iterable<Task> {
    return this.#alone;
  }

  get hasAlone(): boolean {
    return this.#alone.size > 0;
  }

  /** Puts a task that is tried again before all others, once its back-off is over. */
  pushFront(task: Task, nowMs: number): void {
    if (task.runsAlone) this.#alone.add(task);
    else if (task.notBeforeMs > nowMs) this.#paused.place(task, task.notBeforeMs);
    else this.#again.push(task);
  }

  /** When the next one's back-off is over; `Infinity` where none waits for that. */
  nextResumeMs(nowMs: number): number {
    let next = this.#paused.firstKey ?? Number.POSITIVE_INFINITY;
    for (const { notBeforeMs } of this.#alone) {
      if (notBeforeMs > nowMs) next = Math.min(next, notBeforeMs);
    }
    return next;
  }

  /** Lets go on whose back-off is over. */
  resume(nowMs: number): void {
    for (;;) {
      const { first, firstKey } = this.#paused;
      if (first === undefined || firstKey === undefined || firstKey > nowMs) return;
      this.#paused.remove(first);
      this.#again.push(first);
    }
  }

  /** Tasks that lack nothing but a place, from the front; the one just given may be removed. */
  *ready(): Generator<Task> {
    for (let at = this.#again.length - 1; at >= 0; at -= 1) {
      const task = this.#again[at];
      if (task) yield task;
    }
    for (
      let at = this.#nextFresh;
      at < this.#fresh.length;
      at = Math.max(at + 1, this.#nextFresh)
    ) {
      const task = this.#fresh[at];
      if (task) yield task;
    }
  }

  /** Everything that waits. */
  *[Symbol.iterator](): Generator<Task> {
    yield* this.#alone;
    yield* this.#paused;
    yield* this.ready();
  }

  /** Takes out a task that was met in `ready` or `alone`. */
  remove(task: Task): void {
    if (this.#alone.delete(task)) return;
    if (this.#fresh[this.#nextFresh] === task) {
      this.#nextFresh += 1;
      return;
    }
    const at = this.#again.lastIndexOf(task);
    assert(at >= 0, () => `${task.name} is taken out of turn`);
    this.#again.splice(at, 1);
  }

  /** Takes out a task wherever it stands. */
  take(task: Task): void {
    if (this.#alone.delete(task)) return;
    if (this.#paused.has(task)) {
      this.#paused.remove(task);
      return;
    }
    const at = this.#again.lastIndexOf(task);
    if (at >= 0) this.#again.splice(at, 1);
    else {
      this.#fresh = this.#fresh.slice(this.#nextFresh).filter((fresh) => fresh !== task);
      this.#nextFresh = 0;
    }
  }

  /** Begins anew with those of the tasks that are pending, in their order; tried ones go first. */
  fill(tasks: readonly Task[], nowMs: number): void {
    this.clear();
    const pending = tasks.filter((task) => task.state.state === 'pending');
    this.#fresh = pending.filter(isFresh);
    for (const task of pending.toReversed()) if (!isFresh(task)) this.pushFront(task, nowMs);
  }

  clear(): void {
    this.#fresh = [];
    this.#nextFresh = 0;
    this.#again.length = 0;
    this.#paused.clear();
    this.#alone.clear();
  }

  get #freshLeft(): number {
    return this.#fresh.length - this.#nextFresh;
  }
}

function isFresh(task: Task): boolean {
  return task.lastAttempt === undefined && !task.runsAlone;
}
