import type { ValueSink } from '../group-cursor.ts';
import { quoteBytes } from '../quote-bytes.ts';

/**
 * A built-in: turns the values of one key into fewer, and can fold its own results again, so that the
 * same one may stand as combiner and as reducer. Values come in stable order, equal ones in a row at
 * once. Whatever it gives to its sink is filed under the key at hand.
 *
 * `begin`, any number of `add` and `addBare`, `finish`; then the next key. The byte ranges are only
 * valid during the call, the key's until `finish` has returned.
 */
export interface Fold {
  begin(key: Uint8Array, start: number, end: number): void;
  add(bytes: Uint8Array, start: number, end: number, times: number): void;
  /** Records without a separator, hence without a value. */
  addBare(times: number): void;
  finish(): void;
}

/** `separator` stands between key and value, for lines that an error quotes. */
export type FoldFactory = (sink: ValueSink, separator: Uint8Array) => Fold;

/** A record that a built-in cannot take. Fails the attempt, naming the line. */
export class FoldError extends Error {
  override name = 'FoldError';

  /** `line` as {@link quoteLine} prints it. */
  constructor(action: string, line: string, cause: string) {
    super(`Cannot ${action} the line ${line}: ${cause}`);
  }
}

/** A line for an error message: lossy, escaped and bounded. */
export function quoteLine(key: Uint8Array, separator: Uint8Array, value?: Uint8Array): string {
  const parts = value === undefined ? [key] : [key.subarray(0, 100), separator, value];
  const line = Buffer.concat(parts.map((part) => part.subarray(0, 400)));
  return quoteBytes(line, 0, line.length, 200);
}
