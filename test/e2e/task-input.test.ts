import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, type Outcome, run, scratch, sharedCluster } from './cluster.ts';

/**
 * `mapreduce input` gives exactly what a program read. The programs here copy their stdin aside, so
 * that what they were given is known from themselves.
 */

const cluster = sharedCluster({ workers: [['--slots', '2']] });

/** Reads all, keeps a copy, passes lines on; "poison" makes it fail, as a program would. */
const PROGRAM = `#!/bin/sh
tee -a "$ASIDE/\${mapreduce_task_attempt_id:-by-hand}" | awk '
  { print }
  /poison/ { bad = $0 }
  END { if (bad != "") { print "cannot digest: " bad > "/dev/stderr"; exit 7 } }'
`;

interface Ended extends Outcome {
  /** The attempt that failed. */
  readonly failed: string;
  /** The last line of the report. */
  readonly reproduce: string;
}

class Bench {
  readonly directory: string;
  readonly aside: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.aside = join(directory, 'aside');
    mkdirSync(this.aside);
    mkdirSync(join(directory, 'in'));
    writeFileSync(join(directory, 'program.sh'), PROGRAM, { mode: 0o755 });
  }

  static async make(): Promise<Bench> {
    return new Bench(await scratch());
  }

  put(name: string, content: string): void {
    writeFileSync(join(this.directory, 'in', name), content);
  }

  /** One attempt after another, so that none is killed in the middle when another has failed. */
  async submit(...args: readonly string[]): Promise<Ended> {
    const job = ['-i', 'in', '-o', 'out', '--env', `ASIDE=${this.aside}`];
    const rules = ['--max-attempts', '1', '--max-running', '1'];
    const where = args.includes('--local') ? [] : ['--manager-port', String(cluster().port)];
    const ended = await run('mapreduce-submit', [...where, ...job, ...rules, ...args], {
      cwd: this.directory,
    });
    const [, failed = ''] = /attempt +((?:map|reduce)-\d+\.\d+)/.exec(ended.stderr) ?? [];
    const [, reproduce = ''] = /\nReproduce: (.*)\n$/.exec(ended.stderr) ?? [];
    return { ...ended, failed, reproduce };
  }

  /** What the programs of attempts were given, by the name of the attempt. */
  get read(): ReadonlyMap<string, string> {
    const names = readdirSync(this.aside).toSorted();
    return new Map(names.map((name) => [name, readFileSync(join(this.aside, name), 'latin1')]));
  }

  /** Types a line into bash, where the commands are on the PATH. */
  type(line: string): { code: number | null; stdout: string; stderr: string } {
    const { PATH = '' } = process.env;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
      cwd: this.directory,
      encoding: 'latin1',
      env: {
        ...process.env,
        PATH: `${BIN}:${PATH}`,
        MAPREDUCE_MANAGER_PORT: String(cluster().port),
        ASIDE: this.aside,
      },
    });
    return { code: status, stdout, stderr };
  }
}

/** Without what `mapreduce input` says about itself. */
function programsOwn(stderr: string): string {
  return stderr.replaceAll(/^(?:map|reduce)-\d+(?:\.\d+)? of job-.*\n/gm, '');
}

const LINES = Array.from(
  { length: 4000 },
  (_, index) => `key${String(index % 97)}\t${String(index)}`,
);
const POISONED = LINES.with(1234, 'poison\tyes');

describe('what a mapper read', () => {
  it('is written again of every split, and fails it the same way', async () => {
    const bench = await Bench.make();
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
    const bench = await Bench.make();
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
    const bench = await Bench.make();
    for (const name of ['a', 'b']) bench.put(name, `${name} is fine`);
    bench.put('c', 'poison in c');
    const one = ['--one-process', '--num-mappers', '1'];
    expect((await bench.submit('-m', './program.sh', '-r', 'cat', ...one)).code).toBe(1);
    expect([...bench.read.values()]).toEqual(['a is fine\nb is fine\npoison in c']);
    expect(bench.type('mapreduce input map-0.1').stdout).toBe(bench.read.get('map-00000.1'));
  });
});

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
      const bench = await Bench.make();
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

  it('is written for a built-in too', async () => {
    const bench = await Bench.make();
    bench.put('text', LINES.with(77, 'key3\tnot a number').join('\n'));
    const { reproduce } = await bench.submit('-m', 'cat', '-r', 'sum', '--num-reducers', '1');
    const sorted = bench.type(`LC_ALL=C sort -s -t '\t' -k1,1 in/text`).stdout;
    expect(bench.type(reproduce).stdout).toBe(sorted);
  });

  it('is gone when the job has succeeded, and what its maps read is not', async () => {
    const bench = await Bench.make();
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
    const bench = await Bench.make();
    bench.put('text', POISONED.join('\n'));
    const job = ['--local', '-m', './program.sh', '-r', 'cat', '--num-mappers', '5'];
    const { code, failed, reproduce } = await bench.submit(...job);
    expect(code).toBe(1);
    expect(reproduce).toMatch(/^(?:tail|head) -c .* \| .\/program.sh$/);
    expect(bench.type(reproduce).code).toBe(7);
    expect(bench.read.get('by-hand')).toBe(bench.read.get(failed));
  });

  it('says how a reducer gets what it read', async () => {
    const bench = await Bench.make();
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

it('what a combiner read is made again from what its mapper writes', async () => {
  const bench = await Bench.make();
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

it('a reader that has seen enough ends it quietly', async () => {
  const bench = await Bench.make();
  bench.put('text', 'a line of some length\n'.repeat(100_000));
  await bench.submit('-m', 'cat', '--num-reducers', '0', '--num-mappers', '1');
  const { stdout, stderr } = bench.type(
    'mapreduce input map-0 | head -n 1; echo "${PIPESTATUS[0]}"',
  );
  expect(stdout).toBe('a line of some length\n0\n');
  expect(programsOwn(stderr)).toBe('');
});
