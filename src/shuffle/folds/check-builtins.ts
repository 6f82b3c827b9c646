import type { BuiltinName } from './builtins.ts';

/** The built-in of each role by name; a role filled by a program, or not at all, is left out. */
export interface BuiltinRoles {
  readonly mapper?: string | undefined;
  readonly combiner?: string | undefined;
  readonly reducer?: string | undefined;
}

/** What a combiner leaves of the values, and which built-in reducers make sense of that. */
interface Leavings {
  readonly what: string;
  readonly reducers: readonly BuiltinName[] | 'all';
}

/**
 * Reducers whose result is the same with this combiner as without, and `sum` after `count`, which
 * is how counts are added. After any other the result would show where the splits and the spills
 * happened to be.
 */
const LEAVINGS: Record<BuiltinName, Leavings> = {
  sum: { what: 'sums of some values', reducers: ['sum'] },
  count: { what: 'numbers of values', reducers: ['count', 'sum'] },
  min: { what: 'the smallest of some values', reducers: ['min'] },
  max: { what: 'the largest of some values', reducers: ['max'] },
  first: { what: 'the first of some values', reducers: ['first'] },
  distinct: { what: 'each value once or a few times', reducers: ['distinct', 'min', 'max'] },
  identity: { what: 'all values', reducers: 'all' },
};

const NAMES = Object.keys(LEAVINGS);

/** Why these built-ins cannot work together, if they cannot. */
export function checkBuiltins(roles: BuiltinRoles): string | undefined {
  const { mapper, combiner, reducer } = roles;
  for (const name of [mapper, combiner, reducer]) {
    if (name !== undefined && !isBuiltin(name)) {
      return `Unknown built-in "${name}": there are ${NAMES.join(', ')}`;
    }
  }
  if (mapper !== undefined && mapper !== 'identity') {
    return `Cannot use the built-in "${mapper}" as mapper: it needs the values of a key together; "identity" is the only built-in mapper`;
  }
  if (combiner === undefined || !isBuiltin(combiner)) return undefined;
  return checkPair(combiner, reducer);
}

function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(LEAVINGS, name);
}

function checkPair(combiner: BuiltinName, reducer: string | undefined): string | undefined {
  const { what, reducers } = LEAVINGS[combiner];
  if (reducers === 'all') return undefined;
  const names = reducers.map((name) => `"${name}"`).join(' or ');
  if (reducer === undefined) {
    // Programs may make of the others what they like; that counts are to be added, few would guess.
    if (combiner !== 'count') return undefined;
    return `Cannot use the combiner "count" with this reducer: it leaves ${what}, which only the built-in reducer ${names} adds up`;
  }
  if (reducers.some((name) => name === reducer)) return undefined;
  return `Cannot use the combiner "${combiner}" with the reducer "${reducer}": it leaves ${what}, so the result would depend on how the input is split; the reducer for it is ${names}`;
}
