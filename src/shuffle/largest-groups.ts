import { compareBytes } from './compare-bytes.ts';
import { quoteBytes } from './quote-bytes.ts';

/** How many records one key has. */
export interface GroupSize {
  /** In quotes: lossy, escaped and cut. */
  readonly key: string;
  readonly records: number;
}

const KEPT = 3;
const KEY_BYTES_SHOWN = 60;

interface Kept {
  readonly key: Uint8Array;
  readonly keyBytes: number;
  readonly records: number;
}

/** Keeps the keys with most records, in constant memory; ties go to the first by bytes. */
export class LargestGroups {
  #kept: readonly Kept[] = [];
  /** Fewer records than this are not worth a look. */
  #least = 1;

  /**
   * Takes one group; cheap for all but the largest.
   *
   * @returns how many records a group must have that is worth a look
   */
  note(key: Uint8Array, keyBytes: number, records: number): number {
    if (records < this.#least) return this.#least;
    const shown = key.slice(0, Math.min(keyBytes, KEY_BYTES_SHOWN));
    const all = [...this.#kept, { key: shown, keyBytes, records }];
    this.#kept = all.toSorted(compare).slice(0, KEPT);
    if (this.#kept.length === KEPT) this.#least = (this.#kept.at(-1)?.records ?? 0) + 1;
    return this.#least;
  }

  /** Most records first. */
  sizes(): readonly GroupSize[] {
    return this.#kept.map(({ key, keyBytes, records }) => {
      const more = keyBytes > key.length ? `… (${String(keyBytes)} bytes)` : '';
      return { key: `${quoteBytes(key, 0, key.length)}${more}`, records };
    });
  }
}

function compare(a: Kept, b: Kept): number {
  return b.records - a.records || compareBytes(a.key, 0, a.key.length, b.key, 0, b.key.length);
}
