import { partitionOf } from '../../shuffle/hash.ts';
import type { Lines } from './line-difference.ts';

/** What a line's key is: as the job has it. */
export interface KeyRule {
  /** UTF-8 bytes as latin1 characters, as lines are. */
  readonly separator: string;
  /** 0 is the whole line. */
  readonly keyFields: number;
}

/** What map output can show of a reducer and a combiner at all. */
export interface RecordFacts {
  readonly records: number;
  readonly keys: number;
  /** Keys that have more than one value. */
  readonly keysOfSeveral: number;
  /** Keys whose values are not all the same: only those can come in another order. */
  readonly keysOfDifferent: number;
}

export function keyOf(line: string, { separator, keyFields }: KeyRule): string {
  if (keyFields === 0) return line;
  let end = -separator.length;
  for (let field = 0; field < keyFields; field += 1) {
    end = line.indexOf(separator, end + separator.length);
    if (end === -1) return line;
  }
  return line.slice(0, end);
}

export function factsOf(lines: Lines, rule: KeyRule): RecordFacts {
  const keys = new Map<string, { readonly first: string; several: boolean; different: boolean }>();
  for (const line of lines) {
    const key = keyOf(line, rule);
    const seen = keys.get(key);
    if (seen === undefined) keys.set(key, { first: line, several: false, different: false });
    else {
      seen.several = true;
      seen.different ||= line !== seen.first;
    }
  }
  const all = [...keys.values()];
  return {
    records: lines.length,
    keys: keys.size,
    keysOfSeveral: all.filter(({ several }) => several).length,
    keysOfDifferent: all.filter(({ different }) => different).length,
  };
}

const REDUCERS = 7;
const REDUCERS_MAX = 64;

/** So many reducers, seven if that will do, that not all keys meet in one partition. */
export function reducersFor(lines: Lines, rule: KeyRule): number {
  const keys = [...new Set(lines.map((line) => keyOf(line, rule)))].slice(0, REDUCERS_MAX);
  const apart = (reducers: number): boolean =>
    new Set(keys.map((key) => partitionOfKey(key, reducers))).size > 1;
  for (let reducers = REDUCERS; reducers <= REDUCERS_MAX; reducers += 1) {
    if (apart(reducers)) return reducers;
  }
  return REDUCERS;
}

function partitionOfKey(key: string, partitions: number): number {
  return partitionOf(Buffer.from(key, 'latin1'), partitions);
}

/** The same lines in an order that looks like chance and is always the same. */
export function shuffled(lines: Lines): Lines {
  const result = [...lines];
  let state = 0x9e3779b9;
  for (let left = result.length; left > 1; left -= 1) {
    // A linear congruential generator (Numerical Recipes): good enough to disturb an order.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * left);
    const last = result[left - 1] ?? '';
    result[left - 1] = result[at] ?? '';
    result[at] = last;
  }
  return result;
}
