import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, type Outcome, scratch, sharedCluster } from './cluster.ts';
import { parts, sortedLines } from './shell.ts';

/** A failing program ends its job with the report of spec/commands, and only its job. */

const cluster = sharedCluster({
  workers: [
    ['--slots', '2'],
    ['--slots', '2'],
  ],
});

interface Bench {
  readonly directory: string;
  readonly submit: (args: readonly string[]) => Promise<Outcome>;
}

async function bench(): Promise<Bench> {
  const directory = await scratch();
  await writeFile(join(directory, 'input.txt'), 'a\t1\nb\t2\na\t3\n');
  const submit = (args: readonly string[]) =>
    cluster().submit(['-i', 'input.txt', '-o', 'out', ...args], { cwd: directory });
  return { directory, submit };
}

async function expectNextJobUnharmed({ submit, directory }: Bench): Promise<void> {
  expect(await submit(['-m', 'cat', '-r', 'cat'])).toMatchObject({ code: 0 });
  expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a\t1', 'a\t3', 'b\t2']);
}

const FAILURES: Readonly<
  Record<string, { args: readonly string[]; cause: RegExp; attempt: RegExp }>
> = {
  'a mapper that exits with 3': {
    args: ['-m', 'sh -c "echo broken pump >&2; exit 3"', '-r', 'cat'],
    cause: /exit code 3/,
    attempt: /map-0000\d\.4/,
  },
  'a reducer that exits with 4': {
    args: ['-m', 'cat', '-r', 'sh -c "echo broken pump >&2; exit 4"'],
    cause: /exit code 4/,
    attempt: /reduce-0000\d\.4/,
  },
  'a combiner that exits with 5': {
    args: ['-m', 'cat', '--combiner', 'sh -c "echo broken pump >&2; exit 5"', '-r', 'cat'],
    cause: /exit code 5/,
    attempt: /map-0000\d\.4/,
  },
  'a mapper killed by a signal': {
    args: ['-m', 'sh -c "echo broken pump >&2; kill -SEGV \\$\\$"', '-r', 'cat'],
    cause: /SIGSEGV/,
    attempt: /map-0000\d\.4/,
  },
  'a mapper that exits with 127': {
    args: ['-m', 'sh -c "echo broken pump >&2; no-such-program-here"', '-r', 'cat'],
    cause: /exit code 127.*not found/,
    attempt: /map-0000\d\.4/,
  },
  'a mapper that hangs': {
    args: ['--task-timeout', '1s', '-m', 'sh -c "echo broken pump >&2; sleep 600"', '-r', 'cat'],
    cause: /neither read, wrote nor reported for 1\s?s/,
    attempt: /map-0000\d\.4/,
  },
};

describe('four charged attempts fail the job, and only it:', () => {
  for (const [name, { args, cause, attempt }] of Object.entries(FAILURES)) {
    it(name, async () => {
      const at = await bench();
      const outcome = await at.submit([...args, '--num-mappers', '1', '--num-reducers', '1']);
      expect(outcome.code).toBe(1);
      expect(outcome.stdout).toBe('');
      expect(outcome.stderr).toMatch(cause);
      expect(outcome.stderr).toMatch(attempt);
      expect(outcome.stderr).toContain('broken pump');
      expect(outcome.stderr).toMatch(/mapreduce logs/);
      expect(await readdir(at.directory)).toEqual(['input.txt']);
      await expectNextJobUnharmed(at);
    });
  }
});

describe('a program that only one Worker lacks', () => {
  it('runs on the other, with one warning and no charged attempt', async () => {
    const mixed = await Cluster.start({});
    const directory = await scratch();
    const tools = join(directory, 'tools');
    await mkdir(tools);
    await writeFile(join(tools, 'special-map'), '#!/bin/sh\nexec cat\n', { mode: 0o755 });
    await mixed.addWorker(['--slots', '2', '--name', 'without']);
    const path = process.env['PATH'];
    process.env['PATH'] = `${tools}:${path ?? ''}`;
    await mixed.addWorker(['--slots', '1', '--name', 'with']);
    process.env['PATH'] = path;
    await writeFile(join(directory, 'input.txt'), 'a\nb\nc\nd\n');
    const job = ['-i', 'input.txt', '-o', 'out', '-m', 'special-map', '-r', 'cat', '--json'];
    const outcome = await mixed.submit([...job, '--split-size', '2'], { cwd: directory });
    expect(outcome.code).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ outcome: 'succeeded', maps: { failed: 0 } });
    expect(outcome.stderr.match(/on without.*special-map|special-map.*on without/g)).toHaveLength(
      1,
    );
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a', 'b', 'c', 'd']);
  });

  it('fails the job uncharged when every Worker lacks it', async () => {
    const at = await bench();
    const outcome = await at.submit(['-m', 'no-such-map-program', '-r', 'cat']);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('no-such-map-program');
    await expectNextJobUnharmed(at);
  });
});
