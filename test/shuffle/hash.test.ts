import { assert, nat, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { Arena } from '../../src/shuffle/arena.ts';
import { HASH_NAME, hashOf, partitionOf } from '../../src/shuffle/hash.ts';

/** Worked out by an independent program in another language. */
const GOLDEN: readonly [Buffer, number][] = [
  [Buffer.from(''), 1445962410],
  [Buffer.from('a'), 607841057],
  [Buffer.from('the'), 2625163333],
  [Buffer.from('key-0000000001'), 3252591274],
  [Buffer.from([0]), 1109838383],
  [Buffer.from([0, 0]), 2086519087],
  [Buffer.from('Straße'), 2407278032],
  [Buffer.from('exactly 16 bytes'), 3982189502],
  [Buffer.from('one more: 17 byte'), 2038152554],
  [Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)), 1016621529],
];

it('the partition hash never changes', () => {
  expect(HASH_NAME).toBe('mx64-blocks');
  for (const [key, hash] of GOLDEN) {
    expect(hashOf(key)).toBe(hash);
    expect(partitionOf(key, 7)).toBe(hash % 7);
  }
});

it('the kernel computes the same hash, whatever lies behind the key', () => {
  const memory = new Arena().lease(1024);
  assert(
    property(uint8Array({ maxLength: 70 }), nat(20), (key, offset) => {
      memory.memory.fill(0xa5, memory.base, memory.base + 200);
      memory.memory.set(key, memory.base + offset);
      const hash = memory.kernel.hashBytes(memory.base + offset, key.length);
      expect(hash >>> 0).toBe(hashOf(key));
    }),
  );
});
