import { describe, expect, it } from 'vitest';
import { COUNTERS_MAX } from '../../../src/protocol/limits.ts';
import type { CounterValue } from '../../../src/protocol/worker-messages.ts';
import { World } from './harness/world.ts';

function counters(from: number, to: number): readonly CounterValue[] {
  return Array.from({ length: to - from }, (_, index) => ({
    group: 'words',
    name: String(from + index),
    value: '1',
  }));
}

/** Runs a job of two maps and one reduce whose attempts count so. */
function reportOf(counts: Readonly<Record<string, readonly CounterValue[]>>) {
  const world = new World();
  world.worker('n1', { ending: (attempt) => ({ counters: counts[attempt] ?? [] }) });
  const client = world.submit({ num_mappers: 2 });
  world.runJobs();
  return client.report;
}

describe('counters of a whole job', () => {
  it('are as many as one attempt may have, wherever they were counted', () => {
    const report = reportOf({
      'map-00000.1': counters(0, 150),
      'map-00001.1': counters(100, COUNTERS_MAX),
      'reduce-00000.1': counters(0, COUNTERS_MAX),
    });
    expect(report?.outcome).toBe('succeeded');
    expect(Object.keys(report?.counters['words'] ?? {})).toHaveLength(COUNTERS_MAX);
    expect(report?.counters['words']).toMatchObject({ 0: '2', 120: '3', 199: '2' });
  });

  it('fail the job when there are more, though no attempt alone had too many', () => {
    const report = reportOf({
      'map-00000.1': counters(0, 150),
      'map-00001.1': counters(100, COUNTERS_MAX + 1),
    });
    expect(report).toMatchObject({
      outcome: 'failed',
      failure: {
        cause: `more than 200 counters: "words,200" of map-00001.1 is one too many (a counter's name must not come from the data)`,
      },
    });
  });

  it('are exact, however large they are', () => {
    const big = 10n ** 999n;
    const of = (value: bigint): readonly CounterValue[] => [
      { group: 'g', name: 'n', value: String(value) },
    ];
    const report = reportOf({
      'map-00000.1': of(2n ** 53n),
      'map-00001.1': of(big),
      'reduce-00000.1': of(-1n),
    });
    expect(report?.counters).toEqual({ g: { n: String(big + 2n ** 53n - 1n) } });
  });
});
