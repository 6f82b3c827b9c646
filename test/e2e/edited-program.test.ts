import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, scratch } from './cluster.ts';
import { open, script } from './gate.ts';
import { eventually } from './processes.ts';
import { parts } from './shell.ts';

describe('a program and its files that are edited while their job runs', () => {
  it('change nothing: all tasks use what was there at submission', async () => {
    const directory = await scratch();
    const gate = join(directory, 'gate');
    await mkdir(join(directory, 'lib/deep'), { recursive: true });
    const input = join(directory, 'input.txt');
    await writeFile(input, 'a\nb\n');
    await writeFile(join(directory, 'lib/deep/word.txt'), 'first\n');
    const body = `while [ ! -e ${gate} ]; do sleep 0.05; done; cat tools/deep/word.txt; cat`;
    await script(directory, 'map.sh', body);
    const cluster = await Cluster.start({ workers: [['--slots', '1']] });
    const job = cluster.submitting(
      [
        ...['-i', input, '-o', join(directory, 'out'), '-m', './map.sh', '--num-reducers', '0'],
        ...['--split-size', '2', '--file', 'lib#tools'],
      ],
      { cwd: directory },
    );
    await eventually('the first task runs', async () =>
      /1 running/.test((await cluster.command('status')).stdout),
    );
    await script(directory, 'map.sh', 'echo edited; cat');
    await writeFile(join(directory, 'lib/deep/word.txt'), 'second\n');
    await open(gate);
    expect(await job.exited).toBe(0);
    expect(parts(join(directory, 'out'))).toBe('first\na\nfirst\nb\n');
  });
});
