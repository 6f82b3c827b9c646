/* What TypeScript sees of the kernel: the interface of src/shuffle/kernel.ts. */
export { encode, encodedGroups, encodedRecords, encodingPlace, isAtBorder } from './encode';
export { forgetLargest, largestBytes } from './group';
export { hashBytes } from './hash';
export { countNewlines } from './count-newlines';
export { cursorNextGroup, cursorNextItem, cursorView } from './merge-cursor';
export { mergeChunkBytes } from './merge-chunk';
export { mergeEncoded, mergeEncodedBegin } from './merge-encoded';
export {
  mergeAdd,
  mergeBegin,
  mergeBytes,
  mergeGroups,
  mergeRange,
  mergeRecords,
  mergeSource,
} from './merge-groups';
export { mergeLines, mergeLinesBegin } from './merge-lines';
export {
  cutLine,
  keyBytes,
  keyHash,
  lineEnd,
  separatorAddress,
  setShape,
  valueBytes,
  valueStart,
} from './line-cut';
export {
  clearTable,
  encodePartition,
  feedTable,
  keepRecord,
  listedIn,
  openTable,
  outcome,
  records,
  sortTable,
  tableGroups,
  walkPartition,
} from './table';
export { nextGroup, nextValue } from './walk';
