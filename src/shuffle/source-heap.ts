import type { BlockSource } from './block-source.ts';

/** Sources as a binary heap, so that the one that comes before all others is at hand. */
export class SourceHeap {
  readonly #isBefore: (a: BlockSource, b: BlockSource) => boolean;
  readonly #heap: BlockSource[] = [];

  constructor(isBefore: (a: BlockSource, b: BlockSource) => boolean) {
    this.#isBefore = isBefore;
  }

  get first(): BlockSource | undefined {
    return this.#heap[0];
  }

  add(source: BlockSource): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = heap[parent] as BlockSource;
      if (this.#isBefore(other, source)) break;
      heap[place] = other;
      place = parent;
    }
    heap[place] = source;
  }

  removeFirst(): void {
    const last = this.#heap.pop();
    if (this.#heap.length === 0 || last === undefined) return;
    this.#heap[0] = last;
    this.moveFirst();
  }

  /** Brings the first to its place after it has moved on. */
  moveFirst(): void {
    const heap = this.#heap;
    const source = heap[0];
    if (source === undefined) return;
    let place = 0;
    for (;;) {
      const child = this.#firstChild(place);
      const other = heap[child];
      if (other === undefined || this.#isBefore(source, other)) break;
      heap[place] = other;
      place = child;
    }
    heap[place] = source;
  }

  #firstChild(place: number): number {
    const child = 2 * place + 1;
    const left = this.#heap[child];
    const right = this.#heap[child + 1];
    return left !== undefined && right !== undefined && this.#isBefore(right, left)
      ? child + 1
      : child;
  }
}
