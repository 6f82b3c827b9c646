/*
 * The memory of the table. From its base, records or groups grow upwards; from its end, what finds
 * them grows downwards: the slots of the groups, or the list of the records.
 */

/** The first byte that is free. */
export let top: usize = 0;
/** The first byte of what finds records or groups. */
export let floor: usize = 0;
/** Bytes below the floor that must stay free, to sort the values of a key in. */
let kept: usize = 0;
let base: usize = 0;
let end: usize = 0;

/** Names the memory, both addresses being multiples of 16. */
export function setRoom(from: usize, to: usize): void {
  base = from;
  end = to;
  empty();
}

export function empty(): void {
  top = base;
  floor = end;
  kept = 0;
}

export function roomEnd(): usize {
  return end;
}

/** Whether `bytes` more fit. */
export function hasRoom(bytes: usize): bool {
  return top + bytes + kept <= floor;
}

/** Takes `bytes` bytes, for which there must be room. The next that is taken begins at a multiple of 8. */
export function take(bytes: usize): usize {
  const at = top;
  top = (at + bytes + 7) & ~(<usize>7);
  return at;
}

/** Moves the floor; false when there is no room for that. */
export function lowerFloor(to: usize): bool {
  if (to < top + kept) return false;
  floor = to;
  return true;
}

/** Keeps at least so many bytes free below the floor from now on; false when they are not. */
export function keepFree(bytes: usize): bool {
  if (bytes <= kept) return true;
  if (top + bytes > floor) return false;
  kept = bytes;
  return true;
}
