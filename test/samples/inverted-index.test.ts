import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { expectedOf, runShell, SORT_BY_VALUE } from './run-shell.ts';

describe('inverted index', () => {
  it('names every document of a word once, also one read in several splits', async (context) => {
    needsPrograms(context, 'python3');
    const pairs = await runShell(`for file in inverted-index/documents/*.txt; do
      mapreduce_map_input_file=$PWD/$file inverted-index/map.py < $file
    done`);
    const reduce = `${SORT_BY_VALUE} | inverted-index/reduce.awk`;
    const expected = await expectedOf('inverted-index', 'index.txt');
    expect(await runShell(reduce, pairs)).toBe(expected);
    expect(await runShell(reduce, pairs + pairs)).toBe(expected);
  });

  it('takes words and documents for text that look like numbers', async () => {
    const index = await runShell('inverted-index/reduce.awk', 'inf\t1\ninf\t1.0\ninfinity\t1\n');
    expect(index).toBe('inf\t1 1.0\ninfinity\t1\n');
  });

  it('prints nothing for nothing', async () => {
    expect(await runShell('inverted-index/reduce.awk')).toBe('');
  });
});
