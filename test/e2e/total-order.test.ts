import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, scratch } from './cluster.ts';
import { parts, shell } from './shell.ts';

/** `--total-order`: the parts one after another are what `sort` gives. */

const LINES = Array.from({ length: 3000 }, (_, index) => {
  const number = (index * 7919) % 3000;
  return `${number.toString(36)}${'.'.repeat(number % 50)}\n`;
});

describe('a sort of', () => {
  it.each([
    ['shuffled lines', LINES.join('')],
    ['fewer keys than reducers', 'b\nc\na\nb\nc'.repeat(3)],
  ])('%s with 7 reducers is byte for byte that of sort', async (_what, text) => {
    const directory = await scratch();
    await writeFile(join(directory, 'data'), text, 'latin1');
    const job = ['-i', 'data', '-o', 'out', '-m', 'identity', '-r', 'identity', '--total-order'];
    const shape = ['--num-reducers', '7', '--split-size', '40K', '--slots', '2'];
    const outcome = await run('mapreduce-submit', ['--local', ...job, ...shape], {
      cwd: directory,
    });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(parts(join(directory, 'out'))).toBe(shell(`LC_ALL=C sort '${directory}/data'`));
  });

  it('records by key keeps the order of the input among equal keys', async () => {
    const directory = await scratch();
    const lines = LINES.map((line, index) => `${line.slice(0, 2).trim()}\t${String(index)}\n`);
    await writeFile(join(directory, 'data'), lines.join(''));
    const job = ['-i', 'data', '-o', 'out', '-m', 'cat', '-r', 'identity', '--total-order'];
    const shape = ['--num-reducers', '4', '--split-size', '30K', '--sort-buffer', '1M'];
    const outcome = await run('mapreduce-submit', ['--local', ...job, ...shape], {
      cwd: directory,
    });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(parts(join(directory, 'out'))).toBe(
      shell(`LC_ALL=C sort -s -t '\t' -k1,1 '${directory}/data'`),
    );
  });
});
