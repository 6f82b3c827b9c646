/** Bytes that a LEB128 number takes. */
export function varintBytes(value: u32): usize {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
}

/** The most that {@link writeVarint} takes for 32 bits. */
export const VARINT_BYTES_MAX: usize = 5;

/** Writes `value` as LEB128 and returns where it ends. */
export function writeVarint(at: usize, value: u64): usize {
  let place = at;
  let rest = value;
  while (rest >= 0x80) {
    store<u8>(place++, u8(rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  store<u8>(place++, u8(rest));
  return place;
}

/** Where the number that was read last ends. */
export let varintEnd: usize = 0;

/** Reads a number of 32 bits that {@link writeVarint} wrote, see {@link varintEnd}. */
export function readVarint(at: usize): u32 {
  let value: u32 = 0;
  let shift: u32 = 0;
  let place = at;
  for (;;) {
    const byte = load<u8>(place++);
    value |= u32(byte & 0x7f) << shift;
    if (byte < 0x80) break;
    shift += 7;
  }
  varintEnd = place;
  return value;
}
