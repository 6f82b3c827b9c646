import { count } from './count.ts';
import { distinct } from './distinct.ts';
import { extreme } from './extreme.ts';
import { first } from './first.ts';
import type { FoldFactory } from './fold.ts';
import { identity } from './identity.ts';
import { sum } from './sum.ts';

/** The built-ins as reducers, by the name users give. */
const REDUCERS = {
  sum,
  count,
  min: extreme('min', 'reducer'),
  max: extreme('max', 'reducer'),
  first,
  distinct,
  identity,
} as const satisfies Record<string, FoldFactory>;

export type BuiltinName = keyof typeof REDUCERS;

export const BUILTIN_NAMES = Object.keys(REDUCERS) as readonly BuiltinName[];

/** Those that have to leave more to a reducer than a reducer leaves to the user. */
const COMBINERS: Partial<Record<BuiltinName, FoldFactory>> = {
  min: extreme('min', 'combiner'),
  max: extreme('max', 'combiner'),
};

export function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(REDUCERS, name);
}

export function combinerFold(combiner: BuiltinName): FoldFactory {
  return COMBINERS[combiner] ?? REDUCERS[combiner];
}

/** The fold of a reducer. After a combiner that counted, counting means adding the counts. */
export function reducerFold(reducer: BuiltinName, combiner?: BuiltinName): FoldFactory {
  if (reducer === 'count' && combiner === 'count') return sum;
  return REDUCERS[reducer];
}
