import { describe, expect, it } from 'vitest';
import { expectedOf, runShell } from './run-shell.ts';

const COUNTS = 'word-count/expected/opticks.txt';

describe('top-N', () => {
  it('finds the commonest words of all among those of the splits', async () => {
    const splits = `{ head -n 2000 ${COUNTS} | top-n/top.sh 10; tail -n +2001 ${COUNTS} | top-n/top.sh 10; }`;
    expect(await runShell(`${splits} | top-n/top.sh 10`)).toBe(
      await expectedOf('top-n', 'top-10.txt'),
    );
  });

  it('orders equal counts by word, whatever their order was', async () => {
    const counts = 'b\t5\na\t5\nlast\t10\nabc\t5\n';
    expect(await runShell('top-n/top.sh 3', counts)).toBe('last\t10\na\t5\nabc\t5\n');
  });

  it('prints what there is when there are fewer', async () => {
    expect(await runShell('top-n/top.sh 3', 'a\t1\n')).toBe('a\t1\n');
    expect(await runShell('top-n/top.sh 3')).toBe('');
  });
});
