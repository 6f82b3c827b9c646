import { describe, expect, it } from 'vitest';
import { type JobRules, rulesOf } from '../../../src/protocol/job-spec.ts';
import type { TaskResult } from '../../../src/worker/tasks/task-result.ts';
import { TaskBench } from './task-bench.ts';

type Role = 'mapper' | 'combiner' | 'reducer';

function accepting(role: Role, ...codes: readonly number[]): JobRules {
  const rules = rulesOf({ input_directory: '/', output_directory: '/', mapper_executable: 'cat' });
  return { ...rules, accept_exit: { ...rules.accept_exit, [role]: codes } };
}

/** Runs a job of one map and one reduce; the program that ends so stands in one role. */
async function results(role: Role, program: string, rules: JobRules): Promise<TaskResult[]> {
  const bench = new TaskBench();
  const commands = { mapper: 'cat', combiner: null, reducer: 'cat', [role]: program };
  const pieces = [bench.input('a', 'a\t1\nb\t2\n')];
  const map = await bench.run(bench.mapOrder({ ...commands, reduces: 1, rules, pieces }));
  if (map.outcome !== 'finished') return [map];
  bench.writeManifest(1);
  return [map, await bench.run(bench.reduceOrder({ ...commands, reduces: 1, rules }))];
}

const ROLES = ['mapper', 'combiner', 'reducer'] as const;

describe('an exit code that the user accepts', () => {
  it.each(ROLES.flatMap((role) => ROLES.map((accepted) => [role, accepted] as const)))(
    'of a %s is success only when it was accepted of that role, here of the %s',
    async (role, accepted) => {
      const rules = accepting(accepted, 2, 1);
      const last = (await results(role, `sh -c 'cat; exit 1'`, rules)).at(-1);
      expect(last?.outcome).toBe(role === accepted ? 'finished' : 'failed');
    },
  );

  it.each([
    [126, `sh -c 'exec /dev/null'`],
    [127, `sh -c no-such-program`],
    [137, `sh -c 'kill -KILL $$'`],
    [137, `sh -c 'sh -c "kill -KILL \\$\\$"; exit $?'`],
    [143, `sh -c 'kill -TERM $$'`],
  ])('may be %i as well, though it is a bad sign', async (code, program) => {
    const accepted = (await results('mapper', program, accepting('mapper', code))).at(-1);
    expect(accepted).toMatchObject({ outcome: 'finished' });
    const others = (await results('mapper', program, accepting('mapper', 1))).at(-1);
    expect(others).toMatchObject({ outcome: 'failed' });
  });
});

describe('a program that closes stdin early and exits 0', () => {
  it.each(
    ROLES.flatMap((role) => [
      [role, 'head -n 1', false] as const,
      [role, 'cat | head -n 1', true] as const,
    ]),
  )('has succeeded as %s: %s', async (role, program, shell) => {
    const bench = new TaskBench();
    const commands = { mapper: 'cat', combiner: null, reducer: 'cat', [role]: program };
    const common = { ...commands, reduces: 1, rules: { ...accepting(role), shell } };
    const lines = Array.from({ length: 100_000 }, (_, index) => `key-${String(index)}\t1\n`);
    await bench.succeed(bench.mapOrder({ ...common, pieces: [bench.input('a', lines.join(''))] }));
    bench.writeManifest(1);
    await bench.succeed(bench.reduceOrder(common));
    expect(bench.part('reduce-00000.1').split('\n')[0]).toBe('key-0\t1');
  });
});
