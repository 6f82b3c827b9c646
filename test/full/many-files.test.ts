import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { script } from '../e2e/gate.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

/** Small files share a task, with a process each, so that a program knows what it reads. */

const FILES = 5000;

describe('five thousand small files', () => {
  it(
    'are one job of few tasks, each file read by its own process',
    { timeout: 300_000 },
    async (context) => {
      needsFullRun(context);
      const cluster = await Cluster.start({ workers: [['--slots', '2']] });
      const directory = await scratch();
      await mkdir(join(directory, 'in'));
      const names = Array.from(
        { length: FILES },
        (_, index) => `f-${String(index).padStart(5, '0')}`,
      );
      // The last line of every second file lacks its newline.
      await Promise.all(
        names.map((name, index) =>
          writeFile(join(directory, 'in', name), `x${index % 2 === 0 ? '' : '\n'}`),
        ),
      );
      await script(
        directory,
        'map.sh',
        'while read -r line || [ -n "$line" ]; do echo "${mapreduce_map_input_file##*/} $line"; done',
      );
      const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'cat', '--json'];
      const outcome = await cluster.submit(job, { cwd: directory });
      expect(outcome.code, outcome.stderr).toBe(0);
      const report = JSON.parse(outcome.stdout) as { maps: { tasks: number }; input_files: number };
      expect(report.input_files).toBe(FILES);
      expect(report.maps.tasks).toBeLessThan(100);
      const expected = names.map((name) => `${name} x`);
      expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', ...expected]);
    },
  );
});

describe('thirty thousand inputs', () => {
  const COUNT = 30_000;

  it(
    'may be a directory, a pattern, or names on the command line',
    { timeout: 300_000 },
    async (context) => {
      needsFullRun(context);
      const cluster = await Cluster.start({ workers: [['--slots', '2']] });
      const directory = await scratch();
      await mkdir(join(directory, 'in'));
      const names = Array.from({ length: COUNT }, (_, index) => `in/a-name-${String(index)}.txt`);
      for (let at = 0; at < COUNT; at += 1000) {
        const some = names.slice(at, at + 1000);
        await Promise.all(some.map((name) => writeFile(join(directory, name), 'x')));
      }
      const job = ['-m', 'cat', '-r', 'count', '--one-process'];
      for (const inputs of [['in'], ['in/*.txt'], names]) {
        const plan = await cluster.submit([...job, '-i', ...inputs, '--dry-run'], {
          cwd: directory,
        });
        expect(plan.stderr).toContain('in 30,000 files');
        const args = [...job, '-i', ...inputs, '-o', 'out', '--overwrite'];
        const outcome = await cluster.submit(args, { cwd: directory });
        expect(outcome.code, outcome.stderr).toBe(0);
        expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', `x\t${String(COUNT)}`]);
      }
    },
  );
});
