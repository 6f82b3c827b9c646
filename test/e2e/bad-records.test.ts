import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JobReport, JobStatus } from '../../src/protocol/job-report.ts';
import { scratch, sharedCluster } from './cluster.ts';
import { script } from './gate.ts';
import { parts } from './shell.ts';

/** `--skip-bad-records`: lines that crash the mapper are found and left out, whatever they are. */

const cluster = sharedCluster({ workers: [['--slots', '2']] });

/** Two files, the second compressed and without a final newline; `bad` lines crash the mapper. */
async function place(bad: { readonly a: readonly number[]; readonly b: readonly number[] }) {
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  const text = (name: string, lines: readonly number[]): string =>
    Array.from({ length: 60 }, (_, line) => `${lines.includes(line) ? 'CRASH' : name} ${line}\n`)
      .join('')
      .slice(0, -1);
  await writeFile(join(directory, 'in/a'), `${text('a', bad.a)}\n`);
  await writeFile(join(directory, 'in/b.gz'), gzipSync(text('b', bad.b)));
  await script(
    directory,
    'map.sh',
    `while read -r name line || [ -n "$name" ]; do
       [ "$name" = CRASH ] && kill -SEGV $$
       echo "$name $line"
     done`,
  );
  return directory;
}

function expected(bad: { readonly a: readonly number[]; readonly b: readonly number[] }): string {
  const lines = (['a', 'b'] as const).flatMap((name) =>
    Array.from({ length: 60 }, (_, line) => (bad[name].includes(line) ? '' : `${name} ${line}\n`)),
  );
  return lines.join('');
}

async function leftOut(output: string): Promise<string> {
  const names = await readdir(join(output, '_bad'));
  const lines = names.filter((name) => name.endsWith('.lines')).toSorted();
  const texts = await Promise.all(
    lines.map((name) => readFile(join(output, '_bad', name), 'utf8')),
  );
  return texts.join('');
}

const MAP_ONLY = ['-i', 'in', '-o', 'out', '-m', './map.sh', '--num-reducers', '0'];

describe('lines that kill the mapper', () => {
  it('are left out and kept beside the output: first, last, neighbours, in several maps', async () => {
    const bad = { a: [0, 30, 31], b: [59] };
    const directory = await place(bad);
    const options = ['--skip-bad-records', '5', '--split-size', '250', '--json'];
    const outcome = await cluster().submit([...MAP_ONLY, ...options], { cwd: directory });
    expect(outcome.code, outcome.stderr).toBe(0);
    const output = join(directory, 'out');
    expect(parts(output)).toBe(expected(bad));
    expect(await leftOut(output)).toBe('CRASH 0\nCRASH 30\nCRASH 31\nCRASH 59\n');
    const report: JobReport = JSON.parse(outcome.stdout);
    expect(report.bad_records?.found.map(({ path, length }) => [path, length])).toEqual([
      [join(directory, 'in/a'), 8],
      [join(directory, 'in/a'), 9],
      [join(directory, 'in/a'), 9],
      [join(directory, 'in/b.gz'), 8],
    ]);
    expect(outcome.stderr.match(/^Warning: Bad record in .*SIGSEGV/gm)).toHaveLength(4);
    expect(outcome.stderr).toMatch(/^Bad records left out: 4 of at most 5, .*; see _bad/m);
    const status = await cluster().command('status', [report.job]);
    expect(status.stdout).toMatch(/^Bad records left out: 4 of at most 5/m);
    const views: JobStatus = JSON.parse(
      (await cluster().command('status', [report.job, '--json'])).stdout,
    );
    expect(views.bad_records).toEqual(report.bad_records);
  });

  it('leave no part of them in the result of a job with reduces, nor the output before', async () => {
    const bad = { a: [7], b: [] };
    const directory = await place(bad);
    const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'identity', '--overwrite'];
    const search = [...job, '--skip-bad-records', '1', '--num-reducers', '2'];
    for (const name of ['first', 'again']) {
      const outcome = await cluster().submit(search, { cwd: directory });
      expect(outcome.code, name + outcome.stderr).toBe(0);
      expect((await readdir(join(directory, 'out'))).toSorted()).toEqual([
        ...['_SUCCESS', '_bad', 'part-00000', 'part-00001'],
      ]);
    }
    const lines = parts(join(directory, 'out')).split('\n').toSorted();
    expect(lines).toEqual(expected(bad).split('\n').toSorted());
    // What was left out is no input of the next job.
    const next = ['-i', 'out', '-o', 'next', '-m', 'cat', '--num-reducers', '0'];
    expect((await cluster().submit(next, { cwd: directory })).code).toBe(0);
    expect(parts(join(directory, 'next'))).not.toContain('CRASH');
  });

  it('fail the job when they are more than that, and all that were found are named', async () => {
    const bad = { a: [0, 1, 2, 30, 58], b: [3] };
    const directory = await place(bad);
    const outcome = await cluster().submit([...MAP_ONLY, '--skip-bad-records', '5'], {
      cwd: directory,
    });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('that is bad record 6 of the job, and 5 may be left out');
    const named = outcome.stderr.match(/^ {2}(?:bad)? .*byte \d+ \([89] bytes\): killed/gm);
    expect(named).toHaveLength(6);
    expect(await readdir(directory)).not.toContain('out');
  });
});

it('a mapper that hangs at a line loses that line', async () => {
  const directory = await place({ a: [20], b: [] });
  await script(
    directory,
    'map.sh',
    'while read -r a b || [ -n "$a" ]; do [ "$a" = CRASH ] && sleep 600; echo "$a $b"; done',
  );
  const options = ['--skip-bad-records', '1', '--task-timeout', '1s'];
  const outcome = await cluster().submit([...MAP_ONLY, ...options], { cwd: directory });
  expect(outcome.code, outcome.stderr).toBe(0);
  expect(parts(join(directory, 'out'))).toBe(expected({ a: [20], b: [] }));
});

it('an option that is no such number is refused', async () => {
  const outcome = await cluster().submit([...MAP_ONLY, '--skip-bad-records', '101']);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain('--skip-bad-records');
});
