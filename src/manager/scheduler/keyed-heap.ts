/**
 * Items by a number each, the smallest first: a binary heap that knows where each item is. Whatever
 * it does costs the logarithm of its size.
 */
export class KeyedHeap<Item> {
  readonly #items: Item[] = [];
  readonly #keys: number[] = [];
  readonly #places = new Map<Item, number>();

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  get firstKey(): number | undefined {
    return this.#keys[0];
  }

  has(item: Item): boolean {
    return this.#places.has(item);
  }

  keyOf(item: Item): number | undefined {
    const place = this.#places.get(item);
    return place === undefined ? undefined : this.#keys[place];
  }

  /** Puts an item in, or to where its new key belongs. */
  place(item: Item, key: number): void {
    const place = this.#places.get(item) ?? this.#items.length;
    this.#put(place, item, key);
    if (!this.#rise(place)) this.#sink(place);
  }

  /** Takes an item out; one that is not in it stays out. */
  remove(item: Item): void {
    const place = this.#places.get(item);
    if (place === undefined) return;
    this.#places.delete(item);
    const [last, key] = [this.#items.pop(), this.#keys.pop()];
    if (last === undefined || key === undefined || place === this.#items.length) return;
    this.#put(place, last, key);
    if (!this.#rise(place)) this.#sink(place);
  }

  clear(): void {
    this.#items.length = 0;
    this.#keys.length = 0;
    this.#places.clear();
  }

  /**
   * All items, the smallest first. It costs what is looked at, so stopping early is cheap; nothing
   * may be changed on the way.
   */
  *[Symbol.iterator](): Generator<Item> {
    if (this.#items.length === 0) return;
    yield this.#items[0] as Item;
    const next = new KeyedHeap<number>();
    for (let place: number | undefined = 0; place !== undefined; place = next.first) {
      next.remove(place);
      for (const below of [2 * place + 1, 2 * place + 2]) {
        const key = this.#keys[below];
        if (key !== undefined) next.place(below, key);
      }
      if (next.first !== undefined) yield this.#items[next.first] as Item;
    }
  }

  #put(place: number, item: Item, key: number): void {
    this.#items[place] = item;
    this.#keys[place] = key;
    this.#places.set(item, place);
  }

  /** Moves an item up past larger ones; false when it stays. */
  #rise(from: number): boolean {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (this.#key(above) <= this.#key(place)) break;
      this.#swap(place, above);
      place = above;
    }
    return place !== from;
  }

  #sink(from: number): void {
    for (let place = from; ;) {
      const left = 2 * place + 1;
      const smaller = this.#key(left + 1) < this.#key(left) ? left + 1 : left;
      if (this.#key(place) <= this.#key(smaller)) return;
      this.#swap(place, smaller);
      place = smaller;
    }
  }

  /** Beyond the end everything is larger. */
  #key(place: number): number {
    return this.#keys[place] ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [item, key] = [this.#items[a] as Item, this.#key(a)];
    this.#put(a, this.#items[b] as Item, this.#key(b));
    this.#put(b, item, key);
  }
}
