import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sharedCluster } from '../e2e/cluster.ts';
import { POISONED, programsOwn, TaskInputBench } from '../e2e/task-input-bench.ts';
import { needsFullRun } from '../needs.ts';

/** `mapreduce input` gives exactly what a program read: reducers in every shape, and combiners. */

beforeEach(needsFullRun);
const cluster = sharedCluster({ workers: [['--slots', '2']] });

describe('what a reducer read', () => {
  const shapes = [
    ['1 reducer', '1', 'cat', []],
    ['7 reducers', '7', 'cat', []],
    ['a combiner', '3', './pairs.sh', ['--combiner', './pairs.sh']],
    ['a separator', '2', 'cat', ['--separator', '=']],
    ['sorted values and ranges of keys', '3', 'cat', ['--sort-values', '--total-order']],
  ] as const;

  it.each(shapes)(
    'is written again with %s, and fails it the same way',
    async (_name, reducers, mapper, more) => {
      const bench = await TaskInputBench.make(cluster());
      // Keeps the first and the last value of a key: a combiner whose work is seen.
      writeFileSync(
        join(bench.directory, 'pairs.sh'),
        `#!/bin/sh\nexec awk -F'\\t' '$1 != key { if (NR > 1) print last; print; key = $1 } { last = $0 } END { print last }'\n`,
        { mode: 0o755 },
      );
      const lines =
        more[0] === '--separator' ? POISONED.map((line) => line.replace('\t', '=')) : POISONED;
      bench.put('text', lines.join('\n'));
      const args = ['-m', mapper, '-r', './program.sh', '--num-reducers', reducers, ...more];
      const { code, failed, reproduce } = await bench.submit(...args, '--num-mappers', '4');
      expect(code).toBe(1);
      const read = [...bench.read];
      expect(read.at(-1)?.[0]).toBe(failed);
      for (const [attempt, bytes] of read.slice(-2)) {
        expect(bench.type(`mapreduce input ${attempt}`)).toMatchObject({ code: 0, stdout: bytes });
      }
      const again = bench.type(reproduce);
      expect(bench.read.get('by-hand')).toBe(bench.read.get(failed));
      expect({ code: again.code, stderr: programsOwn(again.stderr) }).toEqual({
        code: 7,
        stderr: `cannot digest: ${more[0] === '--separator' ? 'poison=yes' : 'poison\tyes'}\n`,
      });
    },
  );
});

it('what a combiner read is made again from what its mapper writes', async () => {
  const bench = await TaskInputBench.make(cluster());
  bench.put('text', POISONED.join('\n'));
  const job = ['-m', 'cat', '--combiner', './program.sh', '-r', 'cat', '--num-reducers', '1'];
  const { code, failed, reproduce } = await bench.submit(...job, '--num-mappers', '2');
  expect({ code, failed }).toEqual({ code: 1, failed: expect.stringMatching(/^map-/) as string });
  const again = bench.type(reproduce);
  expect({ code: again.code, stderr: programsOwn(again.stderr) }).toEqual({
    code: 7,
    stderr: 'cannot digest: poison\tyes\n',
  });
  expect(bench.read.get('by-hand')).toBe(bench.read.get(failed));
});
