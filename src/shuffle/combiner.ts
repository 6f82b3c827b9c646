import type { Chunks } from './chunks.ts';
import type { BuiltinName } from './folds/builtins.ts';

/**
 * Runs a combiner program over one partition of what is in memory. `input` gives its lines sorted by
 * key; the bytes the program writes go to `emit`, in any pieces. Resolves when the program has ended
 * well and everything it wrote has been emitted. It need not read all its input.
 */
export type CombineProgram = (
  partition: number,
  input: Chunks,
  emit: (bytes: Uint8Array) => void,
) => Promise<void>;

/** What reduces map output before it is written. */
export type Combiner =
  | { readonly type: 'builtin'; readonly name: BuiltinName }
  | { readonly type: 'program'; readonly combine: CombineProgram };

/** A combiner wrote a key that it must not write. Fails the attempt. */
export class CombinerKeyError extends Error {
  override name = 'CombinerKeyError';

  /** `key` as quoteBytes prints it. */
  constructor(key: string, fault: 'unsorted' | 'changed') {
    const cause =
      fault === 'unsorted'
        ? 'it comes after a larger key, and a combiner must keep keys sorted'
        : 'it is none of the keys it was given, and a combiner must keep keys as they are';
    super(`Cannot take the key ${key} from the combiner: ${cause}; use a reducer to change keys`);
  }
}
