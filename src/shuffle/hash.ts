/** Name of the partition hash. Written into every run, so that a change is noticed and never mixed. */
export const HASH_NAME = 'mx64-blocks';

const WORD = 64;
const SEED = 0x9e3779b97f4a7c15n;
const LOW_FACTOR = 0xbf58476d1ce4e5b9n;
const HIGH_FACTOR = 0x94d049bb133111ebn;
const LAST_FACTOR = 0xd6e8feb86659fd93n;

/**
 * The hash of a key, 32 bits. This is its definition; the kernel has one for many keys.
 *
 *     state := SEED + length of the key
 *     for each 16 bytes of the key, the last ones filled up with zeros, at least once,
 *     low and high being their two little-endian words:
 *         state := (state ^ low) * LOW_FACTOR;   state ^= state >> 32
 *         state := (state ^ high) * HIGH_FACTOR; state ^= state >> 29
 *     hash := (state * LAST_FACTOR) >> 32
 *
 * All modulo 2^64. Factors are those of SplitMix64 (Steele, Lea, Flood 2014) and of Pelle Evensen's
 * rrmxmx: 16 bytes cost two multiplications.
 */
export function hashOf(key: Uint8Array): number {
  let state = BigInt.asUintN(WORD, SEED + BigInt(key.length));
  for (let at = 0; at === 0 || at < key.length; at += 16) {
    const block = new Uint8Array(16);
    block.set(key.subarray(at, at + 16));
    const [low, high] = new BigUint64Array(block.buffer);
    state = BigInt.asUintN(WORD, (state ^ (low ?? 0n)) * LOW_FACTOR);
    state ^= state >> 32n;
    state = BigInt.asUintN(WORD, (state ^ (high ?? 0n)) * HIGH_FACTOR);
    state ^= state >> 29n;
  }
  return Number(BigInt.asUintN(WORD, state * LAST_FACTOR) >> 32n);
}

/** The partition, from 0, that a key belongs to. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return hashOf(key) % partitions;
}
