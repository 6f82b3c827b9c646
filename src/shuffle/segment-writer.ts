import type { ArenaLease } from './arena.ts';
import { addItem, CursorLines } from './chunks.ts';
import { CombineRule, type CombinedRecords } from './combine-rule.ts';
import { CombinerOutput } from './combiner-output.ts';
import type { Combiner, CombineProgram } from './combiner.ts';
import { combinerFold } from './folds/builtins.ts';
import type { Fold } from './folds/fold.ts';
import type { GroupCursor, GroupSink } from './group-cursor.ts';
import type { RecordShape } from './record-shape.ts';
import type { RunWriter } from './run-writer.ts';
import { SortedGroups } from './sorted-groups.ts';
import type { SortedTable } from './sorted-table.ts';
import { TableEncoder } from './table-encoder.ts';
import type { BatchMemory } from './value-batch.ts';

export interface SegmentWriterOptions {
  readonly run: RunWriter;
  readonly memory: ArenaLease;
  readonly partitions: number;
  readonly shape: RecordShape;
  readonly maxRecordBytes: number;
  /** Memory to sort in what a combiner program writes; given when values are to be sorted. */
  readonly batch?: BatchMemory | undefined;
  readonly combiner?: Combiner | undefined;
  /** The table folds as the built-in combiner does. */
  readonly isFolded: boolean;
}

/** What a table holds: how many records, and whether it only lists them for their keys hardly repeat. */
export interface TableContents {
  readonly records: number;
  readonly isListed: boolean;
}

/** Appends what a group table holds to a run, through the combiner if there is one. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #rule: CombineRule;
  readonly #run: RunWriter;
  readonly #encoder: TableEncoder;
  readonly #fold: Fold | undefined;
  /** Takes the groups that a combiner program writes. */
  readonly #combined: GroupSink;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#run = options.run;
    this.#encoder = new TableEncoder(options.memory, options.run);
    const { combiner, shape, batch } = options;
    this.#rule = new CombineRule(combiner);
    this.#combined = batch === undefined ? options.run : new SortedGroups(options.run, batch);
    if (combiner?.type === 'builtin') {
      this.#fold = combinerFold(combiner.name)(options.run, shape.separator);
    }
  }

  /** What went through the combiner so far, and what past it; 0 without one. */
  get combined(): CombinedRecords {
    return this.#rule.totals;
  }

  /** Writes one segment. A promise only when a combiner program has to run. */
  write(table: SortedTable, { records, isListed }: TableContents): Promise<void> | undefined {
    const { combiner, isFolded } = this.#options;
    const before = this.#run.records;
    this.#run.beginSegment();
    // What the table has folded cannot be taken back.
    const combines = isFolded ? !isListed : this.#rule.combinesNext(isListed);
    if (combines && combiner?.type === 'program') {
      return this.#combine(table, combiner.combine).then(() => {
        this.#rule.combined(records, this.#run.records - before);
      });
    }
    const fold = combines && !isFolded ? this.#fold : undefined;
    for (const partition of this.#filledPartitions(table)) {
      this.#run.beginBlock(partition);
      if (fold === undefined) this.#encoder.write(partition);
      else foldGroups(table.walk(partition), fold, this.#run);
      this.#run.endBlock();
    }
    if (combines) this.#rule.combined(records, this.#run.records - before);
    else this.#rule.skipped(records);
    return undefined;
  }

  /** Writes a segment of one record, which is past a combiner program but not past a built-in. */
  writeSingle(record: GroupCursor, partition: number): void {
    this.#run.beginSegment();
    this.#run.beginBlock(partition);
    if (this.#fold === undefined) copyGroups(record, this.#run);
    else foldGroups(record, this.#fold, this.#run);
    this.#run.endBlock();
    if (this.#fold === undefined) this.#rule.skipped(1);
    else this.#rule.combined(1, 1);
  }

  async #combine(table: SortedTable, combine: CombineProgram): Promise<void> {
    const { shape, maxRecordBytes } = this.#options;
    for (const partition of this.#filledPartitions(table)) {
      this.#run.beginBlock(partition);
      const keys = table.walk(partition);
      const output = new CombinerOutput(this.#combined, keys, shape, maxRecordBytes);
      const input = new CursorLines(table.walk(partition), shape.separator);
      await combine(partition, input, (bytes) => output.accept(bytes));
      output.finish();
      this.#run.endBlock();
    }
  }

  *#filledPartitions(table: SortedTable): Generator<number> {
    for (let partition = 0; partition < this.#options.partitions; partition++) {
      if (table.hasAny(partition)) yield partition;
    }
  }
}

function copyGroups(cursor: GroupCursor, run: RunWriter): void {
  while (cursor.nextGroup()) {
    run.beginGroup(cursor.keyBytes, cursor.keyStart, cursor.keyEnd);
    while (cursor.nextItem()) {
      if (cursor.isBare) run.bare(cursor.times);
      else run.value(cursor.valueBytes, cursor.valueStart, cursor.valueEnd, cursor.times);
    }
    run.endGroup();
  }
}

function foldGroups(cursor: GroupCursor, fold: Fold, run: RunWriter): void {
  while (cursor.nextGroup()) {
    run.beginGroup(cursor.keyBytes, cursor.keyStart, cursor.keyEnd);
    fold.begin(cursor.keyBytes, cursor.keyStart, cursor.keyEnd);
    while (cursor.nextItem()) addItem(fold, cursor);
    fold.finish();
    run.endGroup();
  }
}
