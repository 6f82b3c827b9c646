import { FNV_OFFSET, FNV_PRIME, fmix32 } from './hash.ts';

/** The byte that ends a record. */
export const LINE_FEED = 0x0a;

/** How a line is cut into key and value. */
export interface RecordShape {
  /** The byte between fields; any but a line feed. */
  readonly separator: number;
  /** How many fields make the key. */
  readonly keyFields: number;
}

/** Key before the first TAB, value after it. */
export const TAB_SEPARATED: RecordShape = { separator: 0x09, keyFields: 1 };

/**
 * Finds the key of a line and hashes it on the way. The only place that knows what a key is.
 *
 * The key ends before the separator that closes its last field; the value is what follows that
 * separator. Without such a separator the whole line is the key and there is no value.
 */
export class KeyFinder {
  /** Hash of the key found last, see hash.ts. */
  hash = 0;
  readonly #separator: number;
  readonly #keyFields: number;

  constructor(shape: RecordShape) {
    this.#separator = shape.separator;
    this.#keyFields = shape.keyFields;
  }

  /** Where the key of the line at `start` ends: at a separator, a line feed, or `end`. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const separator = this.#separator;
    let fieldsLeft = this.#keyFields;
    let hash = FNV_OFFSET;
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === LINE_FEED) break;
      if (byte === separator && --fieldsLeft === 0) break;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    this.hash = fmix32(hash);
    return at;
  }
}
