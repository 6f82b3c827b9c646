import { expect, it } from 'vitest';
import type { JobRules } from '../../../src/protocol/job-spec.ts';
import type { TaskSuccess } from '../../../src/worker/tasks/task-result.ts';
import { TaskBench } from './task-bench.ts';

/** One map and one reduce attempt under these rules: the part, and what the reduce counted. */
async function runTasks(
  input: string,
  rules: Partial<JobRules>,
  reducer = 'cat',
  combiner: string | null = null,
): Promise<{ part: string; reduce: TaskSuccess }> {
  const bench = new TaskBench();
  const pieces = [bench.input('in', input)];
  const map = bench.mapOrder({ pieces, reduces: 1, combiner, reducer });
  await bench.succeed({ ...map, rules: { ...map.rules, ...rules } });
  bench.writeManifest(1);
  const order = bench.reduceOrder({ reduces: 1, combiner, reducer });
  const reduce = await bench.succeed({ ...order, rules: { ...order.rules, ...rules } });
  return { part: bench.part('reduce-00000.1'), reduce };
}

const LINES = 'b::x::1\na::y\nb::x::\nplain\nb:::1\na::y::3\nb::x::0\n';

it('map and reduce attempts cut records by the separator of the job', async () => {
  const { part } = await runTasks(LINES, { separator: '::' });
  expect(part).toBe('a::y\na::y::3\nb::x::1\nb::x::\nb:::1\nb::x::0\nplain\n');
});

it('map and reduce attempts take as many fields for the key as the job says', async () => {
  const two = { separator: '::', key_fields: 2 };
  expect((await runTasks(LINES, two)).part).toBe(
    'a::y\na::y::3\nb:::1\nb::x::1\nb::x::\nb::x::0\nplain\n',
  );
  const whole = { separator: '::', key_fields: 0 };
  const sorted = LINES.split('\n').slice(0, -1).toSorted().join('\n');
  expect((await runTasks(LINES, whole)).part).toBe(`${sorted}\n`);
});

it('a built-in writes the separator of the job and counts what it reads like a program', async () => {
  const input = 'b€2\na€1\nb€40\n';
  const rules = { separator: '€' };
  for (const combiner of [null, 'sum']) {
    const { part } = await runTasks(input, rules, 'sum', combiner);
    expect(part).toBe('a€1\nb€42\n');
  }
  const builtin = await runTasks(input, rules, 'sum');
  const program = await runTasks(input, rules, 'cat');
  expect(builtin.reduce.statistics.input_bytes).toBe(Buffer.byteLength(input));
  expect(program.reduce.statistics.input_bytes).toBe(Buffer.byteLength(input));
});

it('map and reduce attempts sort values when the job says so', async () => {
  const input = 'b\t2\na\t9\nb\t10\na\nb\t2\na\t\n';
  expect((await runTasks(input, { sort_values: true })).part).toBe(
    'a\na\t\na\t9\nb\t10\nb\t2\nb\t2\n',
  );
  expect((await runTasks(input, {})).part).toBe('a\t9\na\na\t\nb\t2\nb\t10\nb\t2\n');
  // Turns the values of each key round: the reducer must not see that.
  const round = `awk -F '\\t' '$1 != k { printf "%s", t; t = ""; k = $1 } { t = $0 "\\n" t } END { printf "%s", t }'`;
  const combined = await runTasks(input, { sort_values: true }, 'cat', round);
  expect(combined.part).toBe('a\na\t\na\t9\nb\t10\nb\t2\nb\t2\n');
});

it('a combiner program gets lines and gives lines under the same rules', async () => {
  const rules = { separator: ',', key_fields: 2 };
  const add = `awk -F, '{ s[$1 "," $2] += $3 } END { for (k in s) print k "," s[k] | "LC_ALL=C sort" }'`;
  const { part } = await runTasks('b,x,1\na,y,2\nb,x,3\na,z,1\n', rules, 'sum', add);
  expect(part).toBe('a,y,2\na,z,1\nb,x,4\n');
});
