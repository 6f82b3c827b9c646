import type { RecordShape } from './record-shape.ts';

/** The byte that ends a record. */
export const LINE_FEED = 0x0a;

/**
 * Finds the key of a line that is not in the kernel's memory, by the kernel's rules.
 *
 * The key ends before the separator that closes its last field; the value is what follows that
 * separator. Without such a separator the whole line is the key and there is no value. Separators
 * are found from the left and never overlap: `::` parts `a:::b` into `a` and `:b`.
 */
export class KeyFinder {
  readonly #separator: Uint8Array;
  readonly #first: number;
  readonly #keyFields: number;

  constructor(shape: RecordShape) {
    this.#separator = shape.separator;
    this.#first = shape.separator[0] as number;
    this.#keyFields = shape.keyFields;
  }

  /**
   * Where the key of the line at `start` ends: at a separator, a line feed, or `end`. Of a line whose
   * line feed is not before `end` it tells nothing: a separator may have come in part.
   */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.#separator.length === 1
      ? this.#findByte(bytes, start, end)
      : this.#findBytes(bytes, start, end);
  }

  /** Where the value begins after a key that ends at `keyEnd`; behind `lineEnd` if there is none. */
  valueStart(keyEnd: number, lineEnd: number): number {
    return keyEnd === lineEnd ? lineEnd + 1 : keyEnd + this.#separator.length;
  }

  /** By far the usual case. */
  #findByte(bytes: Uint8Array, start: number, end: number): number {
    const separator = this.#first;
    let fieldsLeft = this.#keyFields;
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === LINE_FEED) break;
      if (byte === separator && --fieldsLeft === 0) break;
    }
    return at;
  }

  #findBytes(bytes: Uint8Array, start: number, end: number): number {
    const separatorBytes = this.#separator.length;
    let fieldsLeft = this.#keyFields;
    let at = start;
    /** The end of a separator inside the key: before it no other begins. */
    let free = start;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === LINE_FEED) break;
      if (byte === this.#first && at >= free && this.#isSeparator(bytes, at, end)) {
        if (--fieldsLeft === 0) break;
        free = at + separatorBytes;
      }
    }
    return at;
  }

  #isSeparator(bytes: Uint8Array, at: number, end: number): boolean {
    const separator = this.#separator;
    if (end - at < separator.length) return false;
    for (let index = 1; index < separator.length; index++) {
      if (bytes[at + index] !== separator[index]) return false;
    }
    return true;
  }
}
