import { describe, expect, it } from 'vitest';
import { expectedOf, runShell, SORT_BY_VALUE } from './run-shell.ts';

const MAP_BOTH = `for table in orders customers; do
  mapreduce_map_input_file=$PWD/join/$table.csv join/map.awk < join/$table.csv
done`;

describe('join', () => {
  it('gives every order its customer', async () => {
    const rows = await runShell(
      `{ ${MAP_BOTH}; } | ${SORT_BY_VALUE} | join/reduce.awk 2>/dev/null`,
    );
    expect(rows).toBe(await expectedOf('join', 'rows.csv'));
  });

  it('counts orders of nobody instead of giving them to the customer before', async () => {
    const records = '10\t1,Ada,Oslo\n10\t2,O1,d,1\n1e1\t2,O2,d,2\n';
    expect(await runShell('join/reduce.awk 2>/dev/null', records)).toBe('10,Ada,Oslo,O1,d,1\n');
    const counted = await runShell('{ join/reduce.awk 2>&1 >/dev/null; } | cat', records);
    expect(counted).toBe('reporter:counter:join,orders of nobody,1\n');
  });
});
