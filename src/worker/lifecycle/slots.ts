import { assert } from '../../runtime/assert.ts';

type Slot =
  | { readonly state: 'free' }
  | { readonly state: 'taken'; readonly key: string }
  /** Ends an attempt that nobody asks about any more. */
  | { readonly state: 'evicted'; readonly key: string };

const FREE: Slot = { state: 'free' };

/** Which attempt has which slot. A slot is free again only when it says that its attempt ended. */
export class Slots {
  readonly #slots: Slot[];

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, () => FREE);
  }

  get count(): number {
    return this.#slots.length;
  }

  get busy(): number {
    return this.#slots.filter((slot) => slot.state !== 'free').length;
  }

  /** The lowest free slot, or undefined. */
  firstFree(): number | undefined {
    const index = this.#slots.indexOf(FREE);
    return index === -1 ? undefined : index;
  }

  take(slot: number, key: string): void {
    assert(this.#slots[slot] === FREE, `slot ${String(slot)} is not free for ${key}`);
    this.#slots[slot] = { state: 'taken', key };
  }

  /** Its attempt is of no interest any more; the slot stays busy until it ended. */
  evict(slot: number): void {
    const held = this.#slots[slot];
    assert(held?.state === 'taken', `slot ${String(slot)} holds nothing to evict`);
    this.#slots[slot] = { state: 'evicted', key: held.key };
  }

  /** Whether some slot still ends an earlier bearer of this name. */
  isEvicting(key: string): boolean {
    return this.#slots.some((slot) => slot.state === 'evicted' && slot.key === key);
  }

  /** What the slot does with this attempt. */
  holds(slot: number, key: string): 'taken' | 'evicted' | 'nothing' {
    const held = this.#slots[slot];
    return held === undefined || held.state === 'free' || held.key !== key ? 'nothing' : held.state;
  }

  free(slot: number): void {
    assert(this.#slots[slot]?.state !== 'free', `slot ${String(slot)} is free already`);
    this.#slots[slot] = FREE;
  }
}
