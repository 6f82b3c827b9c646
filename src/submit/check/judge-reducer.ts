import { brokenBy, compareRuns, instabilityOf, UNSTABLE } from './compare-runs.ts';
import type { ReduceObservations } from './observations.ts';
import type { Unchecked, Verdict } from './verdict.ts';

/** How far what the reducer wrote tells something of the other programs. */
export interface ReducerVerdict extends Verdict {
  /**
   * `rounds`: only the last digits of its decimals depend on the order of values.
   * `unstable`: it writes something else each time.
   */
  readonly state: 'sound' | 'rounds' | 'unsound' | 'unstable';
}

const STATE = 'state across keys';
const ORDER = 'order of values';

/** A reducer over the same map output each time: whatever differs is its own doing. */
export function judgeReducer(seen: ReduceObservations): ReducerVerdict {
  const { reference, again, apart, reducers } = seen;
  const unstable = instabilityOf('reducer', reference, again);
  if (unstable !== undefined) {
    const left = [unchecked(STATE, UNSTABLE), unchecked(ORDER, UNSTABLE)];
    return { findings: [unstable], unchecked: left, notes: [], state: 'unstable' };
  }
  const carrying = brokenBy({
    culprit: 'reducer',
    assumption: 'state_across_keys',
    runs: ['one reducer', `${String(reducers)} reducers`],
    reference,
    ran: apart,
  });
  if (carrying !== undefined) {
    const left = [unchecked(ORDER, 'what it carries from key to key would show there too')];
    return { findings: [carrying], unchecked: left, notes: [], state: 'unsound' };
  }
  return judgeOrder(seen);
}

function judgeOrder(seen: ReduceObservations): ReducerVerdict {
  const left = weakSpots(seen);
  for (const ran of seen.reordered ?? []) {
    const ordered = brokenBy({
      culprit: 'reducer',
      assumption: 'order_of_values',
      runs: ['values in the order of the input', 'values in another order'],
      reference: seen.reference,
      ran,
    });
    if (ordered === undefined) continue;
    const rounds = compareRuns(seen.reference, ran).equal === 'but_for_rounding';
    const state = rounds ? 'rounds' : 'unsound';
    return { findings: [ordered], unchecked: left, notes: [], state };
  }
  return { findings: [], unchecked: left, notes: [], state: 'sound' };
}

/** What this sample cannot show. */
function weakSpots({ facts, reordered }: ReduceObservations): readonly Unchecked[] {
  if (facts.keys === 0) return [unchecked('anything', 'the mapper wrote nothing for this sample')];
  const left: Unchecked[] = [];
  if (facts.keys === 1) left.push(unchecked(STATE, 'the sample has one key only'));
  if (reordered === undefined) left.push(unchecked(ORDER, '--sort-values fixes it'));
  else if (facts.keysOfDifferent === 0) {
    left.push(unchecked(ORDER, 'no key of the sample has two different values'));
  }
  return left;
}

function unchecked(what: string, because: string): Unchecked {
  return { culprit: 'reducer', what, because };
}
