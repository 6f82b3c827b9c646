import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommitTable } from '../../../src/manager/scheduler/commit-table.ts';
import type { Commit } from '../../../src/manager/scheduler/task.ts';
import { statisticsOf } from '../../statistics-of.ts';

const TASKS = 4;

const count = fc.maxSafeNat();
const outputs = fc.oneof(
  fc.constantFrom('run', 'part').chain((name) => fc.tuple(output(fc.constant(name)))),
  fc.array(output(fc.constantFrom('run', 'part', 'side/a', 'bad/lines')), { maxLength: 3 }),
);
const counters = fc.array(
  fc.record({ group: fc.string(), name: fc.string(), value: fc.constantFrom('1', '-20') }),
  { maxLength: 2 },
);
const statistics = fc
  .record({
    input_bytes: count,
    input_records: fc.option(count),
    output_bytes: count,
    output_records: count,
    spills: count,
    combine_input_records: count,
    combine_output_records: count,
    combine_skipped_records: count,
    duration_ms: fc.oneof(count, fc.double({ min: 0, max: 1e6, noNaN: true })),
    ignored_input_bytes: count,
    largest_groups: fc.array(fc.record({ key: fc.string(), records: count, bytes: count }), {
      maxLength: 1,
    }),
  })
  .map((known) => statisticsOf(known));

function output(name: fc.Arbitrary<string>) {
  return fc.record({ name, bytes: count, records: count, crc32: fc.nat(0xffff_ffff) });
}

const commit: fc.Arbitrary<Commit> = fc.record({
  attempt: fc.record({
    job_id: fc.constant(7),
    stage: fc.constant('map' as const),
    task_index: fc.nat(TASKS - 1),
    attempt: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  workerId: fc.constantFrom('n1', 'n2', 'n3'),
  outputs,
  statistics,
  counters,
});

test('a table of commits gives back the last of each task, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 12 }), (commits) => {
      const table = new CommitTable({ job_id: 7, stage: 'map' }, TASKS);
      const states = new Map(commits.map((each) => [each.attempt.task_index, table.put(each)]));
      const last = new Map(commits.map((each) => [each.attempt.task_index, each]));
      for (const [index, { commit: kept }] of states) expect(kept).toEqual(last.get(index));
    }),
  );
});
