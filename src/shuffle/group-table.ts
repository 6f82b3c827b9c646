import { assert } from '../runtime/assert.ts';
import type { ArenaLease } from './arena.ts';
import { HARDLY_LESS, TELLING_RECORDS } from './combine-rule.ts';
import { OUTCOME, TABLE_FOLD, TABLE_KIND, type TableKernel } from './table-kernel.ts';
import type { RecordShape } from './record-shape.ts';
import { RecordTooLongError } from './record-too-long-error.ts';
import { SortedTable } from './sorted-table.ts';

/** The smallest memory a table works in. */
export const TABLE_BYTES_MIN = 16_384;
/** A share of distinct keys among listed records below which the next ones are grouped again. */
const REPEATING = 0.5;

export interface GroupTableOptions {
  readonly memory: ArenaLease;
  /** Everything the table may use of the memory, sorting included. */
  readonly budgetBytes: number;
  readonly partitions: number;
  readonly shape: RecordShape;
  /** Values of a key come back in byte order, not as they were emitted. */
  readonly sortValues: boolean;
  readonly maxRecordBytes: number;
  /** Values are folded as they come. */
  readonly fold?: keyof typeof TABLE_FOLD;
  /** Looks at a value that the kernel cannot fold; throws when it is none at all. */
  readonly checkOddRecord?: (at: number) => void;
}

/**
 * The table of a map task: groups records by key as they come, or only lists them when keys hardly
 * repeat. Lines are given by where they lie in the memory.
 */
export class GroupTable {
  /** True when {@link feed} stopped before a record for which there is no room. */
  isFull = false;
  /** Whether records are only listed, for their keys hardly repeat. */
  isListed = false;
  readonly #kernel: TableKernel;
  readonly #options: GroupTableOptions;
  readonly #sortedTable: SortedTable;
  /** Nothing has shown yet how often keys repeat. */
  #isNew = true;

  constructor(options: GroupTableOptions) {
    const { memory, budgetBytes, partitions, shape, maxRecordBytes } = options;
    this.#options = options;
    this.#kernel = memory.kernel;
    this.#sortedTable = new SortedTable(memory);
    const kernel = this.#kernel;
    memory.memory.set(shape.separator, kernel.separatorAddress() >>> 0);
    kernel.setShape(shape.separator.length, shape.keyFields);
    const end = memory.base + Math.floor(budgetBytes / 16) * 16;
    const isOpen = kernel.openTable(memory.base, end, partitions, maxRecordBytes) !== 0;
    if (!isOpen || kernel.clearTable(this.#groupingKind, this.#fold) === 0) {
      throw new RangeError(
        `Cannot group for ${partitions} reducers in ${budgetBytes} bytes: raise --sort-buffer`,
      );
    }
    kernel.forgetLargest();
  }

  /** Records held. */
  get records(): number {
    return this.#kernel.records.value >>> 0;
  }

  /**
   * Forgets everything, and chooses how to take what comes next.
   *
   * @param writtenGroups distinct keys that were found when it was written, which of a mere list
   * nobody knows before
   */
  clear(writtenGroups: number): void {
    const lists = this.isListed ? !this.#repeats(writtenGroups) : this.#hardlyRepeats;
    this.#clear(lists ? TABLE_KIND.records : this.#groupingKind);
  }

  /**
   * Takes the complete lines from address `from` up to `end`.
   *
   * @returns where it stopped: at an incomplete last line, or, when {@link isFull}, at a record for
   * which there is no room
   * @throws {RecordTooLongError}
   */
  feed(from: number, end: number): number {
    let at = this.#feed(from, end);
    if (this.#isNew) {
      this.#isNew = false;
      if (this.#hardlyRepeats) {
        this.#clear(TABLE_KIND.records);
        at = this.#feed(from, end);
      }
    }
    return at;
  }

  /** Sorts by partition and key. After this the table can only be read, then cleared. */
  sorted(): SortedTable {
    this.#kernel.sortTable();
    return this.#sortedTable;
  }

  get #fold(): number {
    return TABLE_FOLD[this.#options.fold ?? 'none'];
  }

  get #groupingKind(): number {
    if (this.#options.sortValues) return TABLE_KIND.groupsToSort;
    return this.#fold === TABLE_FOLD.none ? TABLE_KIND.groups : TABLE_KIND.foldedGroups;
  }

  /** Whether what is held speaks for a mere list. Counts must be made, and sorted values be grouped. */
  get #hardlyRepeats(): boolean {
    if (this.#options.sortValues || this.#fold === TABLE_FOLD.count) return false;
    const groups = this.#kernel.tableGroups() >>> 0;
    return this.records >= TELLING_RECORDS && groups > this.records * HARDLY_LESS;
  }

  /** Whether a list with so many distinct keys speaks for grouping. */
  #repeats(groups: number): boolean {
    return this.records >= TELLING_RECORDS && groups < this.records * REPEATING;
  }

  #clear(kind: number): void {
    this.isFull = false;
    this.isListed = kind === TABLE_KIND.records;
    const isCleared = this.#kernel.clearTable(kind, this.#fold) !== 0;
    assert(isCleared, 'a table that was opened can be cleared');
  }

  #feed(from: number, end: number): number {
    let at = from;
    for (;;) {
      at = this.#kernel.feedTable(at, end) >>> 0;
      let outcome = this.#kernel.outcome.value;
      if (outcome === OUTCOME.odd) {
        this.#options.checkOddRecord?.(at);
        this.#kernel.keepRecord(at, end);
        outcome = this.#kernel.outcome.value;
        if (outcome === OUTCOME.taken) {
          at = (this.#kernel.lineEnd.value >>> 0) + 1;
          continue;
        }
      }
      if (outcome === OUTCOME.tooLong) {
        const { maxRecordBytes, memory } = this.#options;
        throw new RecordTooLongError(maxRecordBytes, memory.memory.subarray(0, end), at);
      }
      this.isFull = outcome === OUTCOME.full;
      return at;
    }
  }
}
