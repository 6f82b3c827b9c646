import { current, mergeNextGroup, mergeNextItem } from './merge-groups';

/**
 * Where the current key and value lie, in one place, so that JavaScript need not ask for each number:
 * count of the value (f64), address and length of the key, of the value (u32), no value (u32).
 */
const VIEW: usize = memory.data(32, 8);

/** Where the view is. */
export function cursorView(): usize {
  return VIEW;
}

/** Moves to the next key and has it in the view. Keys are valid until the next call. */
export function cursorNextGroup(): bool {
  if (!mergeNextGroup()) return false;
  store<usize>(VIEW + 8, current.key);
  store<usize>(VIEW + 12, current.keyBytes);
  return true;
}

/** Moves to the next value and has it in the view. */
export function cursorNextItem(): bool {
  if (!mergeNextItem()) return false;
  store<f64>(VIEW, f64(current.times));
  store<usize>(VIEW + 16, current.value);
  store<usize>(VIEW + 20, current.valueBytes);
  store<u32>(VIEW + 24, current.isBare ? 1 : 0);
  return true;
}
