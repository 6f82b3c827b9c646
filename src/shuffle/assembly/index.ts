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
