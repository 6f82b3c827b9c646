import { count } from './count.ts';
import type { FoldFactory } from './fold.ts';
import { identity } from './identity.ts';
import { sum } from './sum.ts';

/** The built-ins that fold values, by the name users give. */
const FOLDS = { sum, count, identity } as const satisfies Record<string, FoldFactory>;

export type BuiltinName = keyof typeof FOLDS;

const BUILTIN_NAMES = Object.keys(FOLDS) as readonly BuiltinName[];

/** Reducers that undo what a combiner did to the number of values; others may follow any combiner. */
const REDUCERS_AFTER: Partial<Record<BuiltinName, readonly BuiltinName[]>> = {
  count: ['count', 'sum'],
};

export function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(FOLDS, name);
}

export function combinerFold(combiner: BuiltinName): FoldFactory {
  return FOLDS[combiner];
}

/** The fold of a reducer. After a combiner that counted, counting means adding the counts. */
export function reducerFold(reducer: BuiltinName, combiner?: BuiltinName): FoldFactory {
  if (reducer === 'count' && combiner === 'count') return sum;
  return FOLDS[reducer];
}

/** The built-in of each role by name; a role filled by a program, or not at all, is left out. */
export interface BuiltinRoles {
  readonly mapper?: string | undefined;
  readonly combiner?: string | undefined;
  readonly reducer?: string | undefined;
}

/** Why these built-ins cannot work together, if they cannot. */
export function checkBuiltins(roles: BuiltinRoles): string | undefined {
  const { mapper, combiner, reducer } = roles;
  for (const name of [mapper, combiner, reducer]) {
    if (name !== undefined && !isBuiltin(name)) {
      return `Unknown built-in "${name}": there are ${BUILTIN_NAMES.join(', ')}`;
    }
  }
  if (mapper !== undefined && mapper !== 'identity') {
    return `Cannot use the built-in "${mapper}" as mapper: it needs the values of a key together; "identity" is the only built-in mapper`;
  }
  if (combiner === undefined || !isBuiltin(combiner)) return undefined;
  return checkPair(combiner, reducer);
}

function checkPair(combiner: BuiltinName, reducer: string | undefined): string | undefined {
  const allowed = REDUCERS_AFTER[combiner];
  if (allowed?.some((name) => name === reducer) === false) {
    const names = allowed.map((name) => `"${name}"`).join(' or ');
    return `Cannot use the combiner "${combiner}" with this reducer: it leaves numbers that only the built-in reducer ${names} adds up`;
  }
  if (combiner === 'sum' && reducer === 'count') {
    return 'Cannot use the combiner "sum" with the reducer "count": it would count sums, not values';
  }
  return undefined;
}
