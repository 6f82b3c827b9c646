import type { GuardLine } from '../program/guard-line.ts';

/** A slot runs a mapper and a combiner at once, no more; the rest is room for mistakes. */
const PLACES = 16;

/**
 * The process groups of one slot, in memory that its thread and the main thread share: when the
 * thread dies the main thread can still kill them.
 */
export class SharedGroups implements GuardLine {
  readonly memory: SharedArrayBuffer;
  readonly #places: Int32Array;

  constructor(memory = new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#places = new Int32Array(memory);
  }

  add(groupId: number): void {
    this.#replace(0, groupId);
  }

  remove(groupId: number): void {
    this.#replace(groupId, 0);
  }

  /** The groups that live now. */
  list(): readonly number[] {
    return [...this.#places].filter((groupId) => groupId !== 0);
  }

  #replace(before: number, after: number): void {
    const place = this.#places.indexOf(before);
    if (place >= 0) Atomics.store(this.#places, place, after);
  }
}
