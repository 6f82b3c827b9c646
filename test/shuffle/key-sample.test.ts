import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutKeys, markDistance, RunSample, type SampledKey } from '../../src/shuffle/key-sample.ts';

const key = (text: string): Uint8Array => Buffer.from(text);
const texts = (cuts: readonly Uint8Array[]): string[] =>
  cuts.map((cut) => String(Buffer.from(cut)));

function sampleOf(weights: Readonly<Record<string, number>>): SampledKey[] {
  return Object.entries(weights).map(([text, weight]) => ({ key: key(text), weight }));
}

/** What the ranges between cuts weigh. */
function loads(sample: readonly SampledKey[], cuts: readonly Uint8Array[]): number[] {
  const sums = Array.from({ length: cuts.length + 1 }, () => 0);
  for (const sampled of sample) {
    const range = cuts.filter((cut) => Buffer.compare(cut, sampled.key) <= 0).length;
    sums[range] = (sums[range] ?? 0) + sampled.weight;
  }
  return sums;
}

describe('cuts', () => {
  it('ascend, give every range a key, and no range much more than its share', () => {
    const sampledKey = fc.record({
      key: fc.uint8Array({ maxLength: 3 }),
      weight: fc.integer({ min: 1, max: 50 }),
    });
    const samples = fc.array(sampledKey, { maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 9 }), (sample, ranges) => {
        const cuts = cutKeys(sample, ranges);
        const distinct = new Map<string, number>();
        for (const one of sample) {
          const name = Buffer.from(one.key).toString('hex');
          distinct.set(name, (distinct.get(name) ?? 0) + one.weight);
        }
        const most = Math.max(0, Math.min(ranges, distinct.size) - 1);
        expect(cuts.length).toBeLessThanOrEqual(most);
        expect(cuts.length).toBeGreaterThanOrEqual(Math.min(1, most));
        for (const [place, cut] of cuts.entries())
          expect(place === 0 || Buffer.compare(cuts[place - 1] ?? cut, cut) < 0).toBe(true);
        const weights = loads(sample, cuts);
        const total = sample.reduce((sum, { weight }) => sum + weight, 0);
        const heaviest = Math.max(0, ...distinct.values());
        for (const weight of weights) {
          expect(sample.length === 0 || weight > 0).toBe(true);
          expect(weight).toBeLessThanOrEqual(total / ranges + heaviest);
        }
      }),
    );
  });

  it.each([
    ['no key', {}, 4, []],
    ['one key', { a: 100 }, 4, []],
    ['fewer keys than ranges', { a: 5, b: 5, c: 5 }, 7, ['b', 'c']],
    ['equal keys', { a: 5, b: 5, c: 5, d: 5 }, 2, ['c']],
    ['one key that is most of it', { a: 5, b: 5, c: 80, d: 5, e: 5 }, 4, ['c', 'd', 'e']],
    ['a range alone', { a: 5, b: 5 }, 1, []],
  ])('of %s are where one expects them', (_what, weights, ranges, expected) => {
    expect(texts(cutKeys(sampleOf(weights), ranges))).toEqual(expected);
  });
});

describe('the sample of a run', () => {
  const block = (text: string, length: number, groups = 2) => ({
    ...{ key: key(text), length, groups },
    ...{ offset: 0, records: groups, crc: 0 },
  });
  const marks = (sample: RunSample): string[] =>
    sample.keys.map((one) => `${texts([one.key]).join('')} ${String(one.weight)}`);

  it('takes keys by the bytes that follow them, the next key for the second half', () => {
    const sample = new RunSample(0, 10);
    sample.add([block('a', 40), block('b', 400), block('c', 20)]);
    expect(marks(sample)).toEqual(['a 2', 'b 2', 'b 20', 'c 20', 'c 1', 'c 1']);
  });

  it('takes a key alone in its block for all of it', () => {
    const sample = new RunSample(0, 10);
    sample.add([block('a', 1000, 1), block('b', 10)]);
    expect(marks(sample)).toEqual(['a 50', 'a 50', 'b 1']);
  });

  it('goes on where the run before ended, so that small runs count together', () => {
    const taken = Array.from({ length: 100 }, (_, run) => {
      const sample = new RunSample(run * 3, 10);
      sample.add([block('k', 3)]);
      return sample.keys.length;
    });
    expect(taken.reduce((sum, count) => sum + count)).toBe(30);
  });

  it('has some ten thousand marks, however large the runs are', () => {
    const sample = new RunSample(0, markDistance(1e12));
    for (let count = 0; count < 1000; count++) sample.add([block('a', 5e8), block('b', 5e8)]);
    const total = sample.keys.reduce((sum, { weight }) => sum + weight, 0);
    expect(total).toBe(20_000);
  });
});
