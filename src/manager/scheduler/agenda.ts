import { KeyedHeap } from './keyed-heap.ts';

/**
 * Who has to be looked at when. An entry says "by then at the latest": what moves a deadline further
 * away, as every sign of life does, leaves it alone, and the look at the old time puts it right.
 */
export class Agenda<Item> {
  readonly #byTime = new KeyedHeap<Item>();

  /** The earliest time of all; undefined for never. */
  get nextMs(): number | undefined {
    return this.#byTime.firstKey;
  }

  /** Looks at `item` no later than then; `Infinity` adds nothing. */
  noLaterThan(item: Item, atMs: number): void {
    if (atMs < (this.#byTime.keyOf(item) ?? Number.POSITIVE_INFINITY)) {
      this.#byTime.place(item, atMs);
    }
  }

  /** Takes out whose time has come; who still waits for something is to be put in again. */
  takeDue(nowMs: number): readonly Item[] {
    const due: Item[] = [];
    for (;;) {
      const { first, firstKey } = this.#byTime;
      if (first === undefined || firstKey === undefined || firstKey > nowMs) return due;
      this.#byTime.remove(first);
      due.push(first);
    }
  }
}
