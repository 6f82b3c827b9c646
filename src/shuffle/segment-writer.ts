import type { ArenaLease } from './arena.ts';
import { addItem, CursorLines } from './chunks.ts';
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

/** Appends what a group table holds to a run, through the combiner if there is one. */
export class SegmentWriter {
  /** Records a combiner was given and gave back; 0 without one. */
  combineInputRecords = 0;
  combineOutputRecords = 0;
  readonly #options: SegmentWriterOptions;
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
    this.#combined = batch === undefined ? options.run : new SortedGroups(options.run, batch);
    if (combiner?.type === 'builtin') {
      this.#fold = combinerFold(combiner.name)(options.run, shape.separator);
    }
  }

  /** Writes one segment. A promise only when a combiner program has to run. */
  write(table: SortedTable, records: number): Promise<void> | undefined {
    const { combiner } = this.#options;
    const before = this.#run.records;
    if (combiner !== undefined) this.combineInputRecords += records;
    this.#run.beginSegment();
    if (combiner?.type === 'program') return this.#combine(table, combiner.combine, before);
    for (const partition of this.#filledPartitions(table)) {
      this.#run.beginBlock(partition);
      if (this.#fold === undefined || this.#options.isFolded) this.#encoder.write(partition);
      else foldGroups(table.walk(partition), this.#fold, this.#run);
      this.#run.endBlock();
    }
    if (combiner !== undefined) this.combineOutputRecords += this.#run.records - before;
    return undefined;
  }

  /** Writes a segment of one record, which is past a combiner program but not past a built-in. */
  writeSingle(record: GroupCursor, partition: number): void {
    this.#run.beginSegment();
    this.#run.beginBlock(partition);
    if (this.#fold === undefined) copyGroups(record, this.#run);
    else foldGroups(record, this.#fold, this.#run);
    this.#run.endBlock();
    if (this.#fold === undefined) return;
    this.combineInputRecords++;
    this.combineOutputRecords++;
  }

  async #combine(table: SortedTable, combine: CombineProgram, before: number): Promise<void> {
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
    this.combineOutputRecords += this.#run.records - before;
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
