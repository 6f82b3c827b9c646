import { beforeEach, describe, expect, it } from 'vitest';
import { sharedCluster } from '../e2e/cluster.ts';
import { LINES, POISONED, programsOwn, TaskInputBench } from '../e2e/task-input-bench.ts';
import { needsFullRun } from '../needs.ts';

/** `mapreduce input` gives exactly what a mapper read. */

beforeEach(needsFullRun);
const cluster = sharedCluster({ workers: [['--slots', '2']] });

describe('what a mapper read', () => {
  it('is written again of every split, and fails it the same way', async () => {
    const bench = await TaskInputBench.make(cluster());
    bench.put('text', POISONED.join('\n'));
    const job = ['-m', './program.sh', '-r', 'cat', '--num-mappers', '5'];
    const { code, failed, reproduce } = await bench.submit(...job);
    expect(code).toBe(1);
    expect(bench.read.get(failed)).toContain('poison');
    expect(reproduce).toMatch(
      /^mapreduce input job-\d+ map-.* --manager-port \d+ \| .\/program.sh$/,
    );
    for (const [attempt, bytes] of [...bench.read].slice(-2)) {
      expect(bench.type(`mapreduce input ${attempt}`)).toMatchObject({ code: 0, stdout: bytes });
    }
    const again = bench.type(reproduce);
    expect({ code: again.code, stderr: programsOwn(again.stderr) }).toEqual({
      code: 7,
      stderr: 'cannot digest: poison\tyes\n',
    });
    expect(bench.read.get('by-hand')).toBe(bench.read.get(failed));
  });

  it('of many small files is the one at which it failed, or all', async () => {
    const bench = await TaskInputBench.make(cluster());
    for (const name of ['a', 'b', 'd', 'e']) bench.put(name, `${name} is fine`);
    bench.put('c', 'poison in c\nand more');
    const { reproduce } = await bench.submit(
      '-m',
      './program.sh',
      '-r',
      'cat',
      '--num-mappers',
      '1',
    );
    // Its program ran for a, b and c; nothing is put between files that a process each reads.
    expect([...bench.read]).toEqual([['map-00000.1', 'a is fineb is finepoison in c\nand more']]);
    expect(bench.type('mapreduce input map-0.1').stdout).toBe('poison in c\nand more');
    expect(bench.type('mapreduce input map-0').stdout).toBe(
      'a is fine\nb is fine\npoison in c\nand more\nd is fine\ne is fine',
    );
    expect(bench.type('mapreduce input map-0 --piece 2').stdout).toBe('b is fine');
    expect(bench.type('mapreduce input map-0 --file in/e').stdout).toBe('e is fine');
    expect(bench.type(reproduce).code).toBe(7);
    expect(bench.read.get('by-hand')).toBe('poison in c\nand more');
  });

  it('of many small files with one process is all of them, as one', async () => {
    const bench = await TaskInputBench.make(cluster());
    for (const name of ['a', 'b']) bench.put(name, `${name} is fine`);
    bench.put('c', 'poison in c');
    const one = ['--one-process', '--num-mappers', '1'];
    expect((await bench.submit('-m', './program.sh', '-r', 'cat', ...one)).code).toBe(1);
    expect([...bench.read.values()]).toEqual(['a is fine\nb is fine\npoison in c']);
    expect(bench.type('mapreduce input map-0.1').stdout).toBe(bench.read.get('map-00000.1'));
  });
});

describe('what a reducer read', () => {
  it('is written for a built-in too', async () => {
    const bench = await TaskInputBench.make(cluster());
    bench.put('text', LINES.with(77, 'key3\tnot a number').join('\n'));
    const { reproduce } = await bench.submit('-m', 'cat', '-r', 'sum', '--num-reducers', '1');
    const sorted = bench.type(`LC_ALL=C sort -s -t '\t' -k1,1 in/text`).stdout;
    expect(bench.type(reproduce).stdout).toBe(sorted);
  });

  it('is gone when the job has succeeded, and what its maps read is not', async () => {
    const bench = await TaskInputBench.make(cluster());
    bench.put('text', LINES.join('\n'));
    expect((await bench.submit('-m', 'cat', '-r', 'cat', '--num-mappers', '1')).code).toBe(0);
    expect(bench.type('mapreduce input map-0').stdout).toBe(LINES.join('\n'));
    const { code, stdout, stderr } = bench.type('mapreduce input reduce-0');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^The map output of job-\d+ is gone: it is kept only of jobs that failed\n$/,
    );
  });
});

describe('the last line of a local job', () => {
  it('gives a mapper its piece of the input', async () => {
    const bench = await TaskInputBench.make(cluster());
    bench.put('text', POISONED.join('\n'));
    const job = ['--local', '-m', './program.sh', '-r', 'cat', '--num-mappers', '5'];
    const { code, failed, reproduce } = await bench.submit(...job);
    expect(code).toBe(1);
    expect(reproduce).toMatch(/^(?:tail|head) -c .* \| .\/program.sh$/);
    expect(bench.type(reproduce).code).toBe(7);
    expect(bench.read.get('by-hand')).toBe(bench.read.get(failed));
  });

  it('says how a reducer gets what it read', async () => {
    const bench = await TaskInputBench.make(cluster());
    bench.put('text', POISONED.join('\n'));
    const job = ['--local', '-m', 'cat', '--num-mappers', '3'];
    const { failed, reproduce } = await bench.submit(
      ...job,
      '-r',
      './program.sh',
      '--num-reducers',
      '3',
    );
    const [, options = '', line = ''] =
      /^the same job with (.*) --output DIR writes .*; then: (.*)$/.exec(reproduce) ?? [];
    expect((await bench.submit(...job, ...options.split(' '), '-o', 'DIR')).code).toBe(0);
    expect(bench.type(line)).toMatchObject({ code: 7, stderr: 'cannot digest: poison\tyes\n' });
    expect(bench.read.get('by-hand')).toBe(bench.read.get(failed));
  });
});

it('a reader that has seen enough ends it quietly', async () => {
  const bench = await TaskInputBench.make(cluster());
  bench.put('text', 'a line of some length\n'.repeat(100_000));
  await bench.submit('-m', 'cat', '--num-reducers', '0', '--num-mappers', '1');
  const { stdout, stderr } = bench.type(
    'mapreduce input map-0 | head -n 1; echo "${PIPESTATUS[0]}"',
  );
  expect(stdout).toBe('a line of some length\n0\n');
  expect(programsOwn(stderr)).toBe('');
});
