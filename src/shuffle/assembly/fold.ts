import { firstChunkOf, Group, itemsOf, noteLength, beginGroup } from './group';
import { Outcome } from './outcome';

/** What becomes of the values of a key while they come. */
export enum Fold {
  None = 0,
  /** They are added up. */
  Sum = 1,
  /** They are counted. */
  Count = 2,
}

/**
 * What stands in a folded group where others have the room for their first values. The sum is
 * `mantissa` / 10 ^ `scale`, scale being the most digits that any value has after its point. Values
 * that are too large for this stay values of the group.
 */
@unmanaged
class Total {
  mantissa: i64;
  scale: u32;
  /** How many values it stands for. */
  folded: u32;
}

/** So that a sum of two is exact, and a product with 10 can be seen not to be. */
const MANTISSA_MAX: i64 = 4_000_000_000_000_000_000;
/** As many digits always make a number below {@link MANTISSA_MAX}. */
const DIGITS_MAX: usize = 18;
const DIGIT_0: u8 = 0x30;
const MINUS: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const POINT: u8 = 0x2e;
const FOLDED_MAX: u32 = 0xffff_ffff;

/** Room for the digits of a total: a sign, digits and zeros, a point. */
const text: usize = memory.data(64);

/** What {@link readNumber} has read: `digits` / 10 ^ `fraction`. */
let digits: i64 = 0;
let fraction: u32 = 0;

/** Makes a group whose values will be folded. */
export function beginFoldedGroup(group: Group): void {
  beginGroup(group);
  // The room of the first values is the total's.
  firstChunkOf(group).end = group.tail;
  const total = totalOf(group);
  total.mantissa = 0;
  total.scale = 0;
  total.folded = 0;
}

/** Folds a value into its group, or says that it cannot. */
export function foldValue(group: Group, fold: Fold, value: usize, bytes: i32): Outcome {
  const total = totalOf(group);
  if (total.folded === FOLDED_MAX) return Outcome.Odd;
  if (fold === Fold.Count) total.mantissa++;
  else if (bytes <= 0 || !readNumber(value, <usize>bytes) || !addNumber(total)) return Outcome.Odd;
  total.folded++;
  group.records++;
  return Outcome.Taken;
}

/** Writes the total of a group as text. @returns its length, 0 when nothing was folded */
export function printTotal(group: Group): usize {
  const total = totalOf(group);
  if (total.folded === 0) return 0;
  let at = text + 64;
  let rest = u64(total.mantissa < 0 ? -total.mantissa : total.mantissa);
  let places = <i32>total.scale;
  do {
    store<u8>(--at, DIGIT_0 + u8(rest % 10));
    rest /= 10;
    if (--places === 0) store<u8>(--at, POINT);
  } while (rest !== 0 || places >= 0);
  if (total.mantissa < 0) store<u8>(--at, MINUS);
  const bytes = text + 64 - at;
  memory.copy(text, at, bytes);
  noteLength(bytes);
  return bytes;
}

/** Where {@link printTotal} writes. */
export function totalText(): usize {
  return text;
}

function totalOf(group: Group): Total {
  return changetype<Total>(itemsOf(group, firstChunkOf(group)));
}

/** An optional sign and digits, with at most one point among or beside them. False for all else. */
function readNumber(at: usize, bytes: usize): bool {
  const end = at + bytes;
  const first = load<u8>(at);
  let place = first === MINUS || first === PLUS ? at + 1 : at;
  const length = end - place;
  if (length === 0 || length > DIGITS_MAX) return false;
  let value: i64 = 0;
  let point: usize = 0;
  for (; place < end; place++) {
    const byte = load<u8>(place);
    const digit = byte - DIGIT_0;
    if (digit <= 9) value = value * 10 + i64(digit);
    else if (byte === POINT && point === 0 && length > 1) point = place;
    else return false;
  }
  digits = first === MINUS ? -value : value;
  fraction = point === 0 ? 0 : u32(end - point - 1);
  return true;
}

/** False, and nothing added, when the result would be too large. */
function addNumber(total: Total): bool {
  let mantissa = total.mantissa;
  let added = digits;
  let scale = total.scale;
  for (; scale < fraction; scale++) {
    if (isLarge(mantissa)) return false;
    mantissa *= 10;
  }
  for (let place = fraction; place < scale; place++) {
    if (isLarge(added)) return false;
    added *= 10;
  }
  const sum = mantissa + added;
  if (sum > MANTISSA_MAX || sum < -MANTISSA_MAX) return false;
  total.mantissa = sum;
  total.scale = scale;
  return true;
}

/** Whether 10 times this might be over {@link MANTISSA_MAX}. */
function isLarge(value: i64): bool {
  return value > MANTISSA_MAX / 10 || value < -MANTISSA_MAX / 10;
}
