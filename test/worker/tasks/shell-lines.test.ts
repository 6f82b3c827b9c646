import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JobRules, rulesOf } from '../../../src/protocol/job-spec.ts';
import { TaskBench } from './task-bench.ts';

const SHELL: JobRules = rulesOf({
  input_directory: '/in',
  output_directory: '/out',
  mapper_executable: 'cat',
  shell: true,
});

describe('an attempt whose commands are lines for a shell', () => {
  it('runs mapper, combiner and reducer through bash and says so in its log', async () => {
    const bench = new TaskBench();
    const lines = {
      mapper: `tr ' ' '\\n' | awk '{ print $1 "\\t1" }' | grep -v '^the'`,
      combiner: `awk -F'\\t' '{ n[$1] += $2 } END { for (k in n) print k FS n[k] | "sort" }'`,
      reducer: `awk -F'\\t' '{ n[$1] += $2 } END { for (k in n) print k, n[k] }' | sort`,
    };
    const map = bench.mapOrder({
      ...lines,
      reduces: 1,
      rules: SHELL,
      pieces: [bench.input('a', 'the b a\nb a b\n')],
    });
    const { outputs } = await bench.succeed(map);
    expect(outputs[0]?.records).toBe(2);
    bench.writeManifest(1);
    const reduce = bench.reduceOrder({ ...lines, reduces: 1, rules: SHELL });
    await bench.succeed(reduce);
    expect(bench.part('reduce-00000.1')).toBe('a 2\nb 3\n');
    expect(bench.log(map).split('\n')[1]).toMatch(
      /^mapper: \/.*\/bash -o pipefail -c 'tr '\\'' '\\'' '\\''\\n/,
    );
    expect(bench.log(reduce)).toMatch(/^reducer: \/.*\/bash -o pipefail -c 'awk /);
  });

  it('takes the bare name of a built-in alone for the built-in', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'k\t1\nk\t2\n')];
    await bench.succeed(bench.mapOrder({ mapper: ' identity ', reduces: 1, rules: SHELL, pieces }));
    bench.writeManifest(1);
    await bench.succeed(bench.reduceOrder({ reducer: 'sum', reduces: 1, rules: SHELL }));
    expect(bench.part('reduce-00000.1')).toBe('k\t3\n');
  });

  it.each(['head -3', 'cat | head -3', 'yes y | head -3', 'set -e; cat | head -2; echo y'])(
    'succeeds though %s stops reading early',
    async (mapper) => {
      const bench = new TaskBench();
      const pieces = [bench.input('a', 'y\n'.repeat(500_000))];
      await bench.succeed(bench.mapOrder({ mapper, rules: SHELL, pieces }));
      expect(bench.part('map-00000.1')).toBe('y\ny\ny\n');
    },
  );

  it.each([
    ['cat | (exit 3) | cat', 3, 'exit code 3'],
    ['cat; no-such-program', 127, 'exit code 127: "no-such-program" was not found on this Worker'],
    [`cat | bash -c 'kill -PIPE $$'`, 141, /^exit code 141: /],
    ['if', 2, 'exit code 2'],
  ])('fails with the code of %s', async (mapper, exit_code, text) => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'x\n')];
    const result = await bench.fail(bench.mapOrder({ mapper, rules: SHELL, pieces }));
    expect(result).toMatchObject({
      outcome: 'failed',
      cause: { exit_code, text: expect.stringMatching(text) as unknown },
      command: expect.stringMatching(/bash -o pipefail -c '?(cat|if)/) as unknown,
    });
  });

  it('tells what bash said about its syntax', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'x\n')];
    const result = await bench.fail(bench.mapOrder({ mapper: 'cat | |', rules: SHELL, pieces }));
    expect(result.stderr_tail.join('\n')).toMatch(/syntax error near unexpected token `\|'/);
  });

  it('cannot start where there is no bash', async () => {
    const bench = new TaskBench();
    const empty = join(bench.directory, 'empty');
    mkdirSync(empty);
    const order = bench.mapOrder({
      mapper: 'cat | sort',
      rules: SHELL,
      environment: { PATH: empty },
      pieces: [bench.input('a', 'x\n')],
    });
    expect(await bench.fail(order)).toMatchObject({
      outcome: 'cannot_start',
      command: `bash -o pipefail -c 'cat | sort'`,
      cause: {
        text: 'Cannot start "bash" on this Worker: not found on its PATH, and --shell needs it',
      },
    });
  });
});
