/** Below this length a loop is faster than a call into the engine. */
const SHORT_BYTES = 48;

/** Copies `from[start, end)` to `to`, beginning at `at`. The two must be different memories. */
export function copyBytes(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): void {
  if (end - start > SHORT_BYTES) {
    to.set(from.subarray(start, end), at);
    return;
  }
  let target = at;
  for (let source = start; source < end; source++) to[target++] = from[source] as number;
}
