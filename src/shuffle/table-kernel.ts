/** A number that the kernel shows. */
export interface Shown {
  readonly value: number;
}

/** How the table of a map task takes records: the kernel's `Kind`. */
export const TABLE_KIND = { groups: 0, groupsToSort: 1, foldedGroups: 2, records: 3 } as const;
/** What becomes of values on the way: the kernel's `Fold`. */
export const TABLE_FOLD = { none: 0, sum: 1, count: 2 } as const;
/** What became of a record: the kernel's `Outcome`. */
export const OUTCOME = { taken: 0, full: 1, tooLong: 2, odd: 3 } as const;

/** The part of the kernel that takes the output of a map task. */
export interface TableKernel {
  /** How lines are cut: the separator is written at this address first. */
  separatorAddress(): number;
  setShape(separatorBytes: number, keyFields: number): void;
  cutLine(at: number, end: number): number;
  readonly keyBytes: Shown;
  readonly keyHash: Shown;
  readonly valueStart: Shown;
  readonly valueBytes: Shown;
  readonly lineEnd: Shown;

  /** The table of a map task: opened, cleared, fed, sorted, read; then cleared again. */
  openTable(base: number, end: number, partitions: number, maxRecordBytes: number): number;
  clearTable(kind: number, fold: number): number;
  feedTable(from: number, end: number): number;
  keepRecord(at: number, end: number): void;
  readonly outcome: Shown;
  readonly records: Shown;
  tableGroups(): number;
  sortTable(): void;
  listedIn(partition: number): number;

  /** A sorted table as groups and values, see `Walk` in assembly/walk.ts. */
  walkPartition(walk: number, partition: number): void;
  nextGroup(walk: number): number;
  nextValue(walk: number): number;

  /** A sorted table as bytes of a run. */
  encodePartition(partition: number): void;
  encode(output: number, limit: number, border: number): number;
  encodingPlace(): number;
  readonly isAtBorder: Shown;
  readonly encodedGroups: Shown;
  readonly encodedRecords: Shown;
  forgetLargest(): void;
  readonly largestBytes: Shown;
}
