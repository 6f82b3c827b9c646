import { expect, it } from 'vitest';
import { checkRecordRules } from '../../../src/manager/planner/record-rules.ts';
import type { JobSpec } from '../../../src/protocol/job-spec.ts';

function check(fields: Partial<JobSpec>, combiner?: string, reducer?: string): string | undefined {
  const spec = { input_directory: 'in', output_directory: 'out', mapper_executable: 'cat' };
  return checkRecordRules({ ...spec, ...fields }, { combiner, reducer });
}

it.each([
  ['sum', undefined],
  ['sum', 'sum'],
  [undefined, 'sum'],
  ['identity', 'sum'],
])(
  'adding up lines that have no value is refused: combiner %s, reducer %s',
  (combiner, reducer) => {
    expect(check({ key_fields: 0 }, combiner, reducer)).toMatch(/"sum" with 0 key fields/);
    expect(check({ key_fields: 1 }, combiner, reducer)).toBeUndefined();
  },
);

it.each([
  ['count', 'sum'],
  ['count', 'count'],
  [undefined, 'max'],
  [undefined, undefined],
])('whole lines as keys go with combiner %s and reducer %s', (combiner, reducer) => {
  expect(check({ key_fields: 0 }, combiner, reducer)).toBeUndefined();
});

it('sorting values is refused where there is nothing to sort', () => {
  expect(check({ sort_values: true, num_reducers: 0 })).toMatch(/^Cannot sort values without/);
  expect(check({ sort_values: true, num_reducers: 1 })).toBeUndefined();
  expect(check({ sort_values: false, num_reducers: 0 })).toBeUndefined();
});
