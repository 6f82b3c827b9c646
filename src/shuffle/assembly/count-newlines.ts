const LINE_FEED: u8 = 0x0a;

/** How many newlines are in so many bytes. */
export function countNewlines(at: usize, bytes: usize): u32 {
  const wanted = i8x16.splat(LINE_FEED);
  const end = at + bytes;
  let place = at;
  let total: u32 = 0;
  while (place + 16 <= end) {
    // Each lane counts to 255 at most.
    const stop = min(end, place + 255 * 16);
    let counts = i8x16.splat(0);
    for (; place + 16 <= stop; place += 16) {
      counts = i8x16.sub(counts, i8x16.eq(v128.load(place), wanted));
    }
    const pairs = i16x8.extadd_pairwise_i8x16_u(counts);
    const quads = i32x4.extadd_pairwise_i16x8_u(pairs);
    total +=
      i32x4.extract_lane(quads, 0) +
      i32x4.extract_lane(quads, 1) +
      i32x4.extract_lane(quads, 2) +
      i32x4.extract_lane(quads, 3);
  }
  for (; place < end; place++) total += u32(load<u8>(place) === LINE_FEED);
  return total;
}
