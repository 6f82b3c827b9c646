import { KeyedHeap } from './keyed-heap.ts';
import type { WorkerRecord } from './worker.ts';

/** Above every number of a Worker's registration: room counts before it. */
const ORDER_MAX = 2 ** 32;

/**
 * The Workers that can be given tasks now, in the order to ask them. Kept up to date with every
 * change of one Worker, so that handing out a task looks at no more Workers than it must.
 */
export class Servers {
  /** Those with room for a task, one ahead per slot included: most free slots, then registration. */
  readonly #byRoom = new KeyedHeap<WorkerRecord>();
  /** All of them: fewest attempts, then registration. */
  readonly #byLoad = new KeyedHeap<WorkerRecord>();
  readonly #freeSlots = new Map<WorkerRecord, number>();
  #idleSlots = 0;

  get size(): number {
    return this.#byLoad.size;
  }

  /** Slots that no attempt is meant for. */
  get idleSlots(): number {
    return this.#idleSlots;
  }

  /** Some Worker could take a task, ahead at least. */
  get haveRoom(): boolean {
    return this.#byRoom.size > 0;
  }

  has(worker: WorkerRecord): boolean {
    return this.#byLoad.has(worker);
  }

  /** All of them, in no order that matters. */
  get all(): Iterable<WorkerRecord> {
    return this.#freeSlots.keys();
  }

  /** Those with room, the roomiest first. */
  get roomiest(): Iterable<WorkerRecord> {
    return this.#byRoom;
  }

  /** All of them, the one with fewest attempts first. */
  get emptiest(): Iterable<WorkerRecord> {
    return this.#byLoad;
  }

  /**
   * Puts a Worker where it now belongs.
   * @returns whether it became able to take tasks, or unable
   */
  update(worker: WorkerRecord, nowMs: number): boolean {
    const served = this.#freeSlots.get(worker);
    const serves = worker.canServe(nowMs);
    this.#idleSlots -= Math.max(0, served ?? 0);
    if (serves) this.#place(worker);
    else this.#remove(worker);
    return serves !== (served !== undefined);
  }

  #place(worker: WorkerRecord): void {
    const { freeSlots, slots, attempts, order } = worker;
    this.#freeSlots.set(worker, freeSlots);
    this.#idleSlots += Math.max(0, freeSlots);
    this.#byLoad.place(worker, attempts.size * ORDER_MAX + order);
    if (freeSlots > -slots) this.#byRoom.place(worker, order - freeSlots * ORDER_MAX);
    else this.#byRoom.remove(worker);
  }

  #remove(worker: WorkerRecord): void {
    this.#freeSlots.delete(worker);
    this.#byLoad.remove(worker);
    this.#byRoom.remove(worker);
  }
}
