/** Name of the partition hash. Written into every run, so that a change is noticed and never mixed. */
export const HASH_NAME = 'fnv1a32-fmix';

/** Start value and multiplier of 32-bit FNV-1a (draft-eastlake-fnv). */
export const FNV_OFFSET = 0x811c9dc5 | 0;
export const FNV_PRIME = 0x01000193;

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the result. */
export function fmix32(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** FNV-1a of `bytes[start, end)`, finished by {@link fmix32}, as a signed 32-bit integer. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  return fmix32(hash);
}

/** The partition, from 0, of a key with this hash. */
export function partitionOfHash(hash: number, partitions: number): number {
  return (hash >>> 0) % partitions;
}

/** The partition, from 0, that the key `bytes[start, end)` belongs to. */
export function partitionOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  partitions: number,
): number {
  return partitionOfHash(hashOf(bytes, start, end), partitions);
}
