import { expect, it } from 'vitest';
import { HASH_NAME, partitionOf } from '../../src/shuffle/hash.ts';
import { KeyFinder } from '../../src/shuffle/key-finder.ts';
import { TAB_SEPARATED } from '../../src/shuffle/record-shape.ts';

/** Worked out by an independent program in another language. */
const GOLDEN: readonly [Buffer, number][] = [
  [Buffer.from(''), 2872998923],
  [Buffer.from('a'), 444641715],
  [Buffer.from('the'), 3305589240],
  [Buffer.from('key-0000000001'), 3471725185],
  [Buffer.from([0]), 91794203],
  [Buffer.from([0, 0]), 414626237],
  [Buffer.from('Straße'), 3134391024],
  [Buffer.from('foobar'), 202221276],
  [Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)), 4173554790],
];

it('the partition hash never changes', () => {
  expect(HASH_NAME).toBe('fnv1a32-fmix');
  for (const [key, hash] of GOLDEN) {
    expect(partitionOf(key, 0, key.length, 2 ** 32)).toBe(hash);
    expect(partitionOf(key, 0, key.length, 7)).toBe(hash % 7);
  }
});

it('the hash covers only the given range, and the key finder computes the same', () => {
  const line = Buffer.from('xxfoobar\tvalue\n');
  expect(partitionOf(line, 2, 8, 2 ** 32)).toBe(202221276);
  const finder = new KeyFinder(TAB_SEPARATED);
  expect(finder.find(line, 2, line.length)).toBe(8);
  expect(finder.hash >>> 0).toBe(202221276);
});
