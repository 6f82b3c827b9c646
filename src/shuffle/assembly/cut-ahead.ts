import { seeGroup, seeSlot, seeTail } from './group-table';
import { Cut, cutLine, keepCut, lineEnd } from './line-cut';

/*
 * Most of the time of grouping goes into waiting for memory, which can be waited for at many places
 * at once. So some lines are cut, and what all of them need is looked at, before the first is taken:
 * first every slot, then every group, then where its next value goes, with as little else in between
 * as can be, as a processor looks only some hundred instructions ahead.
 */

const CUT_BYTES: usize = offsetof<Cut>();
const CUTS_BYTES: usize = 64 * CUT_BYTES;
const cuts: usize = memory.data(i32(CUTS_BYTES));
/** Keeps the compiler from leaving out what is only looked at. */
let seen: u32 = 0;

/** Cuts some lines, from `from` on; `end` is behind what there is. Returns where the last cut ends. */
export function cutAhead(from: usize, end: usize): usize {
  let at = from;
  let to = cuts;
  while (to < cuts + CUTS_BYTES && at < end && cutLine(at, end)) {
    keepCut(changetype<Cut>(to));
    at = lineEnd + 1;
    to = nextCut(to);
  }
  let sum: u32 = 0;
  for (let cut = cuts; cut < to; cut = nextCut(cut)) sum += seeSlot(changetype<Cut>(cut).keyHash);
  for (let cut = cuts; cut < to; cut = nextCut(cut)) {
    sum += seeGroup(changetype<Cut>(cut).keyHash, changetype<Cut>(cut).keyBytes);
  }
  for (let cut = cuts; cut < to; cut = nextCut(cut)) sum += seeTail(changetype<Cut>(cut).keyHash);
  seen += sum;
  return to;
}

/** The first of the lines that were cut. */
export function firstCut(): usize {
  return cuts;
}

/** The one behind it. */
export function nextCut(cut: usize): usize {
  return cut + CUT_BYTES;
}
