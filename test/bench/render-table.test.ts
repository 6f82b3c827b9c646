import { describe, expect, it } from 'vitest';
import type { Figure } from '../../bench/benchmark.ts';
import { figureTable, markdown, peaksTable } from '../../bench/render-table.ts';

const MEASURED = { ours: 1234, peers: 5000, value: 0.25, lowest: 0.2, highest: 0.3 };

const FIGURE: Figure = {
  row: 'a-row',
  about: 'a thing',
  metric: 'wall',
  peer: 'map | sort',
  target: { atMost: 0.24 },
  measured: MEASURED,
};

function cells(figure: Figure): readonly string[] {
  return figureTable([figure])[1] ?? [];
}

describe('the table of ratios', () => {
  it('says who took how long, what came out and whether it is enough', () => {
    expect(cells(FIGURE)).toEqual([
      'a-row',
      'a thing',
      'map | sort',
      '1.23 s',
      '5.00 s',
      'wall, ours / peer',
      '0.25',
      '0.20 to 0.30',
      '≤ 0.24',
      'miss',
    ]);
  });

  it('says why something was not run', () => {
    const { measured: _, ...rest } = FIGURE;
    const row = cells({ ...rest, note: 'duckdb is not installed' });
    expect(row.slice(3)).toEqual([
      '-',
      '-',
      'wall, ours / peer',
      '-',
      '-',
      '≤ 0.24',
      'not run: duckdb is not installed',
    ]);
  });

  it('has numbers of any unit', () => {
    const numbers = {
      ours: 12_345.6,
      peers: Number.NaN,
      value: 12_345.6,
      lowest: 3.25,
      highest: 7,
    };
    const target = { atLeast: 10_000 };
    const row = cells({ ...FIGURE, metric: 'number', unit: '/s', target, measured: numbers });
    expect(row.slice(3)).toEqual(['12346', '-', '/s', '12346', '3.3 to 7', '≥ 10000', 'pass']);
  });
});

describe('the table of memory and heartbeats', () => {
  const peaks = {
    cluster: '2 slots',
    workerBytes: 100,
    workerBytesMax: 100,
    managerBytes: 100,
    managerBytesMax: 100,
    heartbeatGapMs: 3000,
  };
  const said = (changed: Partial<typeof peaks>) =>
    peaksTable([{ benchmark: 'x', result: { sides: [], peaks: [{ ...peaks, ...changed }] } }])
      .at(-1)
      ?.at(-1);

  it('misses when one of the three is too much', () => {
    expect(said({})).toBe('pass');
    expect(said({ workerBytes: 101 })).toBe('miss');
    expect(said({ managerBytes: 101 })).toBe('miss');
    expect(said({ heartbeatGapMs: 3001 })).toBe('miss');
  });
});

describe('Markdown', () => {
  it('has columns of one width, and bars only between them', () => {
    const table = markdown([
      ['a', 'long head'],
      ['x | y', 'b'],
    ]);
    expect(table).toBe(
      ['| a      | long head |', '| ------ | --------- |', '| x \\| y | b         |'].join('\n'),
    );
  });
});
