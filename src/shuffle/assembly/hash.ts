import { loadPadded } from './bytes';

/*
 * The hash of a key: see src/shuffle/hash.ts, which defines it.
 */
const SEED: u64 = 0x9e3779b97f4a7c15;
const LOW_FACTOR: u64 = 0xbf58476d1ce4e5b9;
const HIGH_FACTOR: u64 = 0x94d049bb133111eb;
const LAST_FACTOR: u64 = 0xd6e8feb86659fd93;

/** The hash of `count` bytes. */
export function hashBytes(at: usize, count: usize): u32 {
  let state = SEED + u64(count);
  let from = at;
  let left = count;
  for (; left > 16; left -= 16) {
    state = mixBlock(state, v128.load(from));
    from += 16;
  }
  return u32((mixBlock(state, loadPadded(from, left)) * LAST_FACTOR) >> 32);
}

function mixBlock(state: u64, block: v128): u64 {
  let mixed = (state ^ i64x2.extract_lane(block, 0)) * LOW_FACTOR;
  mixed ^= mixed >> 32;
  mixed = (mixed ^ i64x2.extract_lane(block, 1)) * HIGH_FACTOR;
  return mixed ^ (mixed >> 29);
}
