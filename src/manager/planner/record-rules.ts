import type { JobSpec } from '../../protocol/job-spec.ts';
import type { BuiltinRoles } from '../../shuffle/folds/check-builtins.ts';

/** Why the rules for a job's records cannot work with each other or its built-ins, if they cannot. */
export function checkRecordRules(spec: JobSpec, roles: BuiltinRoles): string | undefined {
  const { combiner, reducer } = roles;
  // Numbers that the combiner "count" leaves are values, however lines are cut.
  const addsLines = combiner === 'sum' || (reducer === 'sum' && combiner !== 'count');
  if (spec.key_fields === 0 && addsLines) {
    return 'Cannot use the built-in "sum" with 0 key fields: the whole line is the key, so there is no value to add; "count" counts lines';
  }
  if (spec.sort_values === true && spec.num_reducers === 0) {
    return 'Cannot sort values without reducers: with 0 reducers the map output stays as it is';
  }
  return undefined;
}
