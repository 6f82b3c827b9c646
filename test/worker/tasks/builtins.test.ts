import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/protocol/job-spec.ts';
import { TaskBench } from './task-bench.ts';

/** Three maps whose values of a key are numbers only, texts too, or missing now and then. */
const INPUTS = [
  'n\t10\nt\tpear\nb\t7\nn\t9\nb\n',
  't\t9\nn\t-3.5\nn\t9.0\nb\t70\nt\t10\n',
  'n\t9\nb\nt\tfig\nn\t0010\nt\tpear',
];

const RESULTS = {
  min: ['b', 'n\t-3.5', 't\t10'],
  max: ['b\t70', 'n\t0010', 't\tpear'],
  first: ['b\t7', 'n\t10', 't\tpear'],
  distinct: [
    'b',
    'b\t7',
    'b\t70',
    'n\t-3.5',
    'n\t0010',
    'n\t10',
    'n\t9',
    'n\t9.0',
    't\t10',
    't\t9',
    't\tfig',
    't\tpear',
  ],
  count: ['b\t4', 'n\t6', 't\t5'],
} as const;

async function reduce(reducer: string, combiner: string | null): Promise<readonly string[]> {
  const bench = new TaskBench();
  const rules = rulesOf({
    input_directory: bench.directory,
    output_directory: null,
    mapper_executable: 'identity',
    reducer_executable: reducer,
    ...(combiner !== null && { combiner_executable: combiner }),
  });
  for (const [index, input] of INPUTS.entries()) {
    const pieces = [bench.input(`in-${String(index)}`, input)];
    const roles = { mapper: 'identity', combiner, reducer, task_index: index, rules };
    await bench.succeed(bench.mapOrder({ ...roles, pieces, reduces: 1 }));
  }
  bench.writeManifest(INPUTS.length);
  await bench.succeed(bench.reduceOrder({ reducer, combiner, reduces: 1, rules }));
  return bench.part('reduce-00000.1').trimEnd().split('\n');
}

describe.each(Object.entries(RESULTS))('the built-in %s', (name, expected) => {
  it('gives the same alone and after itself as combiner', async () => {
    expect(await reduce(name, null)).toEqual(expected);
    expect(await reduce(name, 'identity')).toEqual(expected);
    expect(await reduce(name, name)).toEqual(expected);
  });
});
