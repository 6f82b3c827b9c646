import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NEEDLE, Text } from '../../bench/generate/text.ts';
import { made } from './made.ts';

function digest(seed: number): string {
  const text = made(new Text({ seed, words: 1000 }), { bytes: 100_000 });
  return createHash('sha256').update(text).digest('hex');
}

/** How often each word comes, the most frequent first. */
function counts(text: string): readonly number[] {
  const found = new Map<string, number>();
  for (const word of text.split(/\s+/)) found.set(word, (found.get(word) ?? 0) + 1);
  found.delete('');
  return [...found.values()].toSorted((a, b) => b - a);
}

describe('generated text', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(digest(1)).toBe(digest(1));
    expect(digest(1)).not.toBe(digest(2));
  });

  it('is whole lines of twelve words, as many bytes as asked for or a line more', () => {
    const text = made(new Text({ seed: 3, words: 500 }), { bytes: 50_000 });
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.every((line) => line.split(' ').length === 12)).toBe(true);
    expect(text.length).toBeGreaterThanOrEqual(50_000);
    expect(text.length).toBeLessThan(50_000 + (lines.at(-1)?.length ?? 0) + 1);
  });

  it("follows Zipf's law", () => {
    const found = counts(made(new Text({ seed: 4, words: 1000 }), { lines: 8000 }));
    const [first = 0] = found;
    for (const rank of [2, 5, 10, 50]) {
      expect((found[rank - 1] ?? 0) / first).toBeGreaterThan(0.85 / rank);
      expect((found[rank - 1] ?? 0) / first).toBeLessThan(1.15 / rank);
    }
    expect(found.length).toBe(1000);
  });

  it('gives one word the share that is asked for', () => {
    const options = { seed: 5, words: 10_000, exponent: 0.5, heavyShare: 0.4 };
    const found = counts(made(new Text(options), { lines: 10_000 }));
    const share = (found[0] ?? 0) / 120_000;
    expect(share).toBeGreaterThan(0.39);
    expect(share).toBeLessThan(0.42);
  });

  it('has words of the lengths that are asked for', () => {
    const options = { seed: 6, words: 1000, shortestWord: 20, longestWord: 60 };
    const words = made(new Text(options), { lines: 1000 }).split(/\s+/).filter(Boolean);
    const lengths = new Set(words.map((word) => word.length));
    expect(Math.min(...lengths)).toBe(20);
    expect(Math.max(...lengths)).toBe(60);
  });

  it('hides a needle in one line of many, the first one included', () => {
    const options = { seed: 8, words: 1000, needleEvery: 100 };
    const lines = made(new Text(options), { lines: 250 }).split('\n');
    const found = lines.flatMap((line, index) => (line.endsWith(` ${NEEDLE}`) ? [index] : []));
    expect(found).toEqual([0, 100, 200]);
  });
});
