import { describe, expect, it } from 'vitest';
import type { Metric, Sample } from '../../bench/benchmark.ts';
import { figureOf, verdict } from '../../bench/figures.ts';
import type { Row } from '../../bench/workload.ts';

const LABELS = new Map([
  ['ours', 'Muster'],
  ['quick', 'the quick one'],
  ['slow', 'the slow one'],
]);

function row(metric: Metric, more: Partial<Row> = {}): Row {
  return {
    name: 'a-row',
    about: 'a thing',
    metric,
    ours: 'ours',
    peers: ['slow', 'quick'],
    ...more,
  };
}

function samples(wallMs: readonly number[], cpuMs: readonly number[] = wallMs): readonly Sample[] {
  return wallMs.map((wall, round) => ({ wallMs: wall, cpuMs: cpuMs[round] ?? 0 }));
}

function found(absent: readonly (readonly [string, string])[] = []) {
  const all = new Map([
    ['ours', samples([10, 20, 60], [5, 5, 5])],
    ['quick', samples([20, 25, 30], [10, 5, 2])],
    ['slow', samples([100, 100, 100], [1, 1, 1])],
    ['node', samples([5, 10, 20])],
  ]);
  return { samples: all, absent: new Map(absent), labels: LABELS };
}

describe('a figure', () => {
  it('is the median of what the rounds gave one by one, against the fastest peer', () => {
    const { measured, peer } = figureOf(row('wall'), found());
    expect(peer).toBe('the quick one');
    // 10/20, 20/25, 60/30: not 20/25 of the medians by chance, so the order matters.
    expect(measured).toEqual({ ours: 20, peers: 25, value: 0.8, lowest: 0.5, highest: 2 });
  });

  it('compares the CPU time of the rounds', () => {
    expect(figureOf(row('cpu'), found()).measured?.value).toBe(1);
  });

  it('turns the ratio round for rates: more is better', () => {
    expect(figureOf(row('rate'), found()).measured?.value).toBe(1.25);
  });

  it('takes off what another side took in the same round', () => {
    const { measured } = figureOf(row('wall', { less: 'node' }), found());
    expect(measured).toEqual({ ours: 10, peers: 25, value: 0.4, lowest: 0.25, highest: 40 / 30 });
  });

  it('takes the highest of a number of files', () => {
    const counts = [7, 9, 8].map((filesPeak) => ({ wallMs: 1, cpuMs: 1, filesPeak }));
    const all = { ...found(), samples: new Map([['ours', counts]]) };
    expect(figureOf(row('number', { peers: [] }), all).measured?.value).toBe(9);
  });

  it('is not run, with the reason, when a side that it needs is absent', () => {
    const gone = figureOf(row('wall'), found([['ours', 'mawk is not installed']]));
    expect([verdict(gone), gone.note]).toEqual(['not run', 'mawk is not installed']);
    const alone = figureOf(row('wall', { peers: ['quick'] }), found([['quick', 'no duckdb']]));
    expect([verdict(alone), alone.note]).toEqual(['not run', 'no duckdb']);
  });

  it('does without an absent peer while there is another', () => {
    expect(figureOf(row('wall'), found([['quick', 'gone']])).peer).toBe('the slow one');
  });

  it('passes or misses its target, from above or from below', () => {
    const of = (metric: Metric, target: Row['target']) =>
      verdict(figureOf(row(metric, target === undefined ? {} : { target }), found()));
    expect(of('wall', { atMost: 0.8 })).toBe('pass');
    expect(of('wall', { atMost: 0.79 })).toBe('miss');
    expect(of('rate', { atLeast: 1.25 })).toBe('pass');
    expect(of('rate', { atLeast: 1.26 })).toBe('miss');
    expect(of('wall', undefined)).toBe('-');
  });
});
