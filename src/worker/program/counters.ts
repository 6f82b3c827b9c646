import { COUNTER_STEP_DIGITS_MAX, COUNTERS_MAX } from '../../protocol/limits.ts';

/** One counter with its total; the value is an exact integer in decimal. */
export interface CounterTotal {
  readonly group: string;
  readonly name: string;
  readonly value: string;
}

/** Characters of a group or a name. */
const NAME_CHARACTERS_MAX = 200;

/** A program has counted under more names than a job may have. */
export class TooManyCountersError extends Error {
  override readonly name = 'TooManyCountersError';

  constructor(group: string, name: string) {
    super(
      `more than ${String(COUNTERS_MAX)} counters: "${group},${name}" is one too many (a counter's name must not come from the data)`,
    );
  }
}

/** Sums what the programs of one attempt count. */
export class Counters {
  readonly #totals = new Map<string, { group: string; name: string; total: bigint }>();

  /**
   * Adds `GROUP,NAME,N`; false when the text is not that.
   * Throws {@link TooManyCountersError} for one name too many.
   */
  add(text: string): boolean {
    const found = /^([^,]+),([^,]+),\s*([+-]?\d+)\s*$/.exec(text);
    const [, group = '', name = '', amount = ''] = found ?? [];
    const tooLong =
      group.length > NAME_CHARACTERS_MAX ||
      name.length > NAME_CHARACTERS_MAX ||
      amount.length > COUNTER_STEP_DIGITS_MAX;
    if (!found || tooLong) return false;
    this.#addAmount(group, name, BigInt(amount.replace(/^\+/, '')));
    return true;
  }

  /** In the order in which they were first counted. */
  totals(): readonly CounterTotal[] {
    return [...this.#totals.values()].map(({ group, name, total }) => ({
      group,
      name,
      value: String(total),
    }));
  }

  #addAmount(group: string, name: string, amount: bigint): void {
    // No comma can be in either part, so this key is theirs alone.
    const key = `${group},${name}`;
    const counter = this.#totals.get(key);
    if (counter) {
      counter.total += amount;
      return;
    }
    if (this.#totals.size >= COUNTERS_MAX) throw new TooManyCountersError(group, name);
    this.#totals.set(key, { group, name, total: amount });
  }
}
