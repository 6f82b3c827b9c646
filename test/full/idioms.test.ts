import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, run, scratch } from '../e2e/cluster.ts';
import { parts, pipeline, sortedLines } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

/**
 * Ordinary shell habits of user programs, on daemons and with --local: descriptors are FIFOs, so
 * reopening them works as it does in a pipeline.
 */

beforeEach(needsFullRun);
const TEXT = 'one two\nthree one\nfour\n'.repeat(50);

async function inputFile(): Promise<{ directory: string; input: string }> {
  const directory = await scratch();
  const input = join(directory, 'input.txt');
  await writeFile(input, TEXT);
  return { directory, input };
}

/** Writes an executable shell script. */
async function script(directory: string, name: string, body: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

const IDIOMS: Readonly<Record<string, { mapper: string; reducer: string }>> = {
  'echo x > /dev/stderr': {
    mapper: 'while read -r a b; do echo note > /dev/stderr; printf "%s\\t1\\n" "$a"; done',
    reducer: 'cat',
  },
  'tee /dev/stderr': { mapper: 'tee /dev/stderr', reducer: 'cat' },
  'echo total > /dev/stdout': {
    mapper: 'cat; echo total > /dev/stdout; echo end',
    reducer: 'cat; echo total > /dev/stdout; echo end',
  },
  'cat /dev/stdin': { mapper: 'cat /dev/stdin', reducer: 'cat /dev/stdin' },
  'a background child that writes after its parent exited': {
    mapper: 'cat; (while kill -0 $$ 2>/dev/null; do :; done; echo late) & exit 0',
    reducer: 'cat; (while kill -0 $$ 2>/dev/null; do :; done; echo later) & exit 0',
  },
};

describe('a program that uses', () => {
  for (const [idiom, { mapper, reducer }] of Object.entries(IDIOMS)) {
    it(`${idiom} gives the result of the pipeline`, async () => {
      const { directory, input } = await inputFile();
      const map = await script(directory, 'map.sh', mapper);
      const reduce = await script(directory, 'reduce.sh', reducer);
      const output = join(directory, 'out');
      const job = ['-i', input, '-o', output, '-m', './map.sh', '-r', './reduce.sh'];
      const one = ['--num-reducers', '1', '--num-mappers', '1', '--slots', '1'];
      const outcome = await run('mapreduce-submit', ['--local', ...job, ...one], {
        cwd: directory,
      });
      expect(outcome).toMatchObject({ code: 0, stdout: '' });
      const expected = pipeline([input], `${map} 2>/dev/null`, `${reduce} 2>/dev/null`);
      expect(sortedLines(parts(output))).toEqual(sortedLines(expected));
    });
  }
});

/** Lines for `--shell` with what the same pipeline gives. */
const SHELL_LINES: Readonly<Record<string, { mapper: string; reducer: string }>> = {
  'pipes, quotes, redirections and files of the submitter': {
    mapper: `./split.sh | grep -vxFf <(sort < 'stop words.txt') | awk '{ print $1 "\\t1" }'`,
    reducer: `awk -F'\\t' '{ n[$1] += $2 } END { for (k in n) print k FS n[k] }' | sort -t'	' -k2nr`,
  },
  'head, which breaks the pipe before it': {
    mapper: 'yes one | head -3; cat | head -2',
    reducer: 'set -e; cat | head -1; echo end',
  },
  'a here-document and a comment': {
    mapper: 'cat - <<END | cat # all of it\nlast $((40 + 2))\nEND\ncat',
    reducer: 'cat',
  },
};

describe('a line for --shell with', () => {
  for (const [idiom, { mapper, reducer }] of Object.entries(SHELL_LINES)) {
    it(`${idiom} gives the result of the pipeline`, async () => {
      const { directory, input } = await inputFile();
      await script(directory, 'split.sh', `tr ' ' '\\n'`);
      await writeFile(join(directory, 'stop words.txt'), 'three\n');
      const output = join(directory, 'out');
      const job = ['-i', input, '-o', output, '--shell', '-m', mapper, '-r', reducer];
      const one = ['--num-reducers', '1', '--num-mappers', '1', '--slots', '1'];
      const outcome = await run('mapreduce-submit', ['--local', ...job, ...one], {
        cwd: directory,
      });
      expect(outcome).toMatchObject({ code: 0, stdout: '' });
      const expected = pipeline([input], group(mapper), group(reducer), directory);
      expect(parts(output)).toBe(expected);
    });
  }
});

/** A line as one stage of a pipeline, whose broken pipes are nobody's failure. */
function group(line: string): string {
  return `(set +o pipefail; ${line}\n)`;
}

describe('a mapper that greps for something rare', () => {
  it('succeeds over many splits when its 1 is accepted, and only then', async () => {
    const directory = await scratch();
    const input = join(directory, 'input.txt');
    await writeFile(input, `${'common\n'.repeat(400)}rare\n${'common\n'.repeat(400)}`);
    const output = join(directory, 'out');
    const job = ['--local', '-i', input, '-o', output, '-m', 'grep rare', '--num-reducers', '0'];
    const many = ['--split-size', '500', '--max-attempts', '1'];
    expect(await run('mapreduce-submit', [...job, ...many])).toMatchObject({ code: 1 });
    const accepted = await run('mapreduce-submit', [...job, ...many, '--accept-exit', '1']);
    expect(accepted).toMatchObject({ code: 0 });
    expect(parts(output)).toBe('rare\n');
  });
});

describe('python3 map.py beside the submitter', () => {
  it('works on a Worker that was started elsewhere', async () => {
    const cluster = await Cluster.start({ workers: [['--slots', '1']] });
    const { directory, input } = await inputFile();
    const programs = join(directory, 'programs');
    await mkdir(programs);
    await writeFile(
      join(programs, 'map.py'),
      'import sys\nfor line in sys.stdin:\n    for w in line.split():\n        print(w + "\\t1")\n',
    );
    const output = join(directory, 'out');
    const outcome = await cluster.submit(
      ['-i', input, '-o', output, '-m', 'python3 map.py', '-r', 'sum'],
      { cwd: programs },
    );
    expect(outcome).toMatchObject({ code: 0 });
    expect(sortedLines(parts(output))).toEqual(
      sortedLines('four\t50\none\t100\nthree\t50\ntwo\t50\n'),
    );
  });
});
