import { assert } from '../runtime/assert.ts';
import { Arena } from './arena.ts';
import type { ArenaLease } from './arena.ts';
import type { CombinedRecords } from './combine-rule.ts';
import type { Combiner } from './combiner.ts';
import { sum } from './folds/sum.ts';
import { GroupTable, TABLE_BYTES_MIN } from './group-table.ts';
import type { TABLE_FOLD } from './table-kernel.ts';
import { LineInput } from './line-input.ts';
import { TAB_SEPARATED } from './record-shape.ts';
import type { RecordShape } from './record-shape.ts';
import { RunWriter } from './run-writer.ts';
import { SegmentWriter } from './segment-writer.ts';
import { SingleRecord } from './single-record.ts';
import type { BatchMemory } from './value-batch.ts';

const MIB = 1024 * 1024;
const MAX_RECORD_BYTES_DEFAULT = 64 * MIB;
/** Lengths are kept in 32 bits together with a flag. */
const MAX_RECORD_BYTES_LIMIT = 1024 * MIB;

/** Of the sort buffer for what a combiner program writes for one key, if values are sorted. */
const BATCH_SHARE = 8;

export interface MapOutputOptions {
  /** The run to be made. It must not exist yet. */
  readonly runPath: string;
  readonly partitions: number;
  /** Whether keys are to be cut into ranges later: then there is one partition. */
  readonly isOrdered?: boolean;
  /** Memory for grouping and sorting, at most 3 GiB. Users may ask for 1 MiB or more. */
  readonly sortBufferBytes: number;
  /** The longest line allowed, its newline left out: 64 MiB unless given, at most 1 GiB. */
  readonly maxRecordBytes?: number;
  readonly shape?: RecordShape;
  /** Values of a key in byte order, a record without one first; as emitted unless given. */
  readonly sortValues?: boolean;
  readonly combiner?: Combiner;
  /** The slot's memory, used until the end of this output. A new one unless given. */
  readonly arena?: Arena;
}

export interface MapOutputSummary extends CombinedRecords {
  /** What the programs wrote: records, and bytes with newlines as they came. */
  readonly inputRecords: number;
  readonly inputBytes: number;
  /** How often the buffer was full before the end. */
  readonly spills: number;
  /** What is in the run: sorted segments, keys and records in them, length of the file. */
  readonly segments: number;
  readonly groups: number;
  readonly records: number;
  readonly bytes: number;
  /** For each partition. */
  readonly partitionBytes: readonly number[];
  readonly partitionRecords: readonly number[];
}

/**
 * The output of one map attempt: takes the bytes its programs write and makes a run of them.
 *
 * `write` and `endOfProgram` return undefined when they are done, and a promise when a combiner
 * program has to run first: then nothing may be called before it has settled, except `abort`.
 * Chunks are not kept: the caller may reuse their memory. After an error only `abort` is of use.
 */
export class MapOutput {
  readonly #options: MapOutputOptions;
  readonly #shape: RecordShape;
  readonly #memory: ArenaLease;
  readonly #run: RunWriter;
  readonly #table: GroupTable;
  readonly #segments: SegmentWriter;
  readonly #input: LineInput;
  #inputRecords = 0;
  #inputBytes = 0;
  #spills = 0;
  #isWaiting = false;

  /** @throws {RangeError} for a size out of range, or an error of the file system with its `code` */
  constructor(options: MapOutputOptions) {
    const { partitions, sortBufferBytes, combiner } = options;
    const maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES_DEFAULT;
    checkRange('sort buffer', sortBufferBytes, TABLE_BYTES_MIN, Infinity);
    checkRange('longest record', maxRecordBytes, 1, MAX_RECORD_BYTES_LIMIT);
    this.#options = options;
    const shape = options.shape ?? TAB_SEPARATED;
    this.#shape = shape;
    const sortValues = options.sortValues ?? false;
    const sortsCombined = sortValues && combiner?.type === 'program';
    const batchBytes = sortsCombined ? Math.floor(sortBufferBytes / BATCH_SHARE) : 0;
    this.#memory = (options.arena ?? new Arena()).lease(sortBufferBytes - batchBytes);
    const memory = this.#memory;
    try {
      const fold = foldInTable(combiner, sortValues);
      this.#table = new GroupTable({
        memory,
        budgetBytes: sortBufferBytes - batchBytes,
        partitions,
        shape,
        sortValues,
        maxRecordBytes,
        fold,
        checkOddRecord: (at) => this.#checkSum(at),
      });
      this.#run = new RunWriter(options.runPath, partitions, {
        isOrdered: options.isOrdered ?? false,
      });
      this.#segments = new SegmentWriter({
        run: this.#run,
        memory,
        partitions,
        shape,
        maxRecordBytes,
        combiner,
        batch: sortsCombined ? batchMemory(batchBytes) : undefined,
        isFolded: fold !== 'none',
      });
      // Last, for only this one moves the memory when it takes more.
      this.#input = new LineInput(memory, sortBufferBytes, maxRecordBytes);
    } catch (error) {
      memory.release();
      throw error;
    }
  }

  /** @throws {RecordTooLongError | FoldError}; a promise rejects with CombinerKeyError as well */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#inputBytes += chunk.length;
    return this.#perform(this.#take(chunk));
  }

  /** Says that what comes next is from another program: a last line without newline ends here. */
  endOfProgram(): Promise<void> | undefined {
    this.#input.endLine();
    return this.#input.isFull ? this.#perform(this.#takeLines()) : undefined;
  }

  /** Writes what is left and completes the run. */
  async finish(): Promise<MapOutputSummary> {
    this.#input.endLine();
    await this.#perform(this.#takeLines());
    await this.#writeTable();
    const bytes = this.#run.finish();
    this.#memory.release();
    return {
      inputRecords: this.#inputRecords,
      inputBytes: this.#inputBytes,
      spills: this.#spills,
      segments: this.#run.segments,
      groups: this.#run.groups,
      records: this.#run.records,
      bytes,
      ...this.#segments.combined,
      partitionBytes: this.#run.partitionBytes,
      partitionRecords: this.#run.partitionRecords,
    };
  }

  /** Gives up: closes and removes the run. May be called at any time, also after `finish`. */
  abort(): void {
    this.#memory.release();
    this.#run.abort();
  }

  /** Runs to the end at once if it can: most chunks need no promise and no turn of the event loop. */
  #perform(steps: Waits): Promise<void> | undefined {
    assert(!this.#isWaiting, 'map output was written before the combiner had ended');
    const step = steps.next();
    return step.done === true ? undefined : this.#wait(step.value, steps);
  }

  async #wait(first: Promise<void>, steps: Waits): Promise<void> {
    this.#isWaiting = true;
    await first;
    for (const wait of steps) await wait;
    this.#isWaiting = false;
  }

  *#take(chunk: Uint8Array): Waits {
    for (let at = 0; ;) {
      at += this.#input.append(chunk, at);
      if (at === chunk.length) return;
      yield* this.#takeLines();
      this.#input.makeRoom();
    }
  }

  /** Takes the complete lines that wait. */
  *#takeLines(): Waits {
    const input = this.#input;
    for (;;) {
      input.consume(this.#table.feed(input.from, input.end));
      if (!this.#table.isFull) return;
      if (this.#table.records > 0) {
        this.#spills++;
        const written = this.#writeTable();
        if (written !== undefined) yield written;
      } else {
        this.#writeLarge();
      }
    }
  }

  #writeTable(): Promise<void> | undefined {
    const { records } = this.#table;
    if (records === 0) return undefined;
    this.#inputRecords += records;
    const groupsBefore = this.#run.groups;
    const written = this.#segments.write(this.#table.sorted(), this.#table);
    const clear = (): void => {
      this.#table.clear(this.#run.groups - groupsBefore);
    };
    if (written === undefined) clear();
    return written?.then(clear);
  }

  /** Writes the record that waits first, which no table of this size can hold. */
  #writeLarge(): void {
    const { kernel } = this.#memory;
    const { from, end } = this.#input;
    const record = this.#cut(from, end);
    this.#segments.writeSingle(record, (kernel.keyHash.value >>> 0) % this.#options.partitions);
    this.#inputRecords++;
    this.#input.consume((kernel.lineEnd.value >>> 0) + 1);
  }

  #cut(at: number, end: number): SingleRecord {
    const { kernel, memory } = this.#memory;
    kernel.cutLine(at, end);
    const keyEnd = at + (kernel.keyBytes.value >>> 0);
    const lineEnd = kernel.lineEnd.value >>> 0;
    return new SingleRecord(memory, at, keyEnd, kernel.valueStart.value >>> 0, lineEnd);
  }

  /** @throws FoldError unless the value of the line at `at` is a number, of any size */
  #checkSum(at: number): void {
    const record = this.#cut(at, this.#input.end);
    const fold = sum({ value: () => undefined, bare: () => undefined }, this.#shape.separator);
    fold.begin(record.keyBytes, record.keyStart, record.keyEnd);
    if (record.isBare) fold.addBare(1);
    else fold.add(record.valueBytes, record.valueStart, record.valueEnd, 1);
  }
}

/** A computation that now and then has to wait for a promise. */
type Waits<Result = void> = Generator<Promise<void>, Result>;

/** What the table can do of a built-in combiner's work while records come. */
function foldInTable(combiner: Combiner | undefined, sortValues: boolean): keyof typeof TABLE_FOLD {
  if (combiner?.type !== 'builtin' || sortValues) return 'none';
  return combiner.name === 'sum' || combiner.name === 'count' ? combiner.name : 'none';
}

/** Memory in which a combiner's values are sorted, while the table has the rest. */
function batchMemory(bytes: number): BatchMemory {
  const words = new Int32Array(Math.floor(bytes / 4));
  return { bytes: new Uint8Array(words.buffer), words, from: 1, to: words.length };
}

function checkRange(what: string, bytes: number, min: number, max: number): void {
  if (Number.isSafeInteger(bytes) && bytes >= min && bytes <= max) return;
  const limits = max === Infinity ? `at least ${min}` : `${min} to ${max}`;
  throw new RangeError(`Cannot use ${bytes} as ${what}: it must be ${limits} bytes`);
}
