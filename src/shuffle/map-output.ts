import { assert } from '../runtime/assert.ts';
import { Arena } from './arena.ts';
import type { ArenaLease } from './arena.ts';
import type { Combiner } from './combiner.ts';
import { GroupTable, TABLE_BYTES_MIN } from './group-table.ts';
import { partitionOfHash } from './hash.ts';
import { KeyFinder, LINE_FEED } from './key-finder.ts';
import { PartialLine } from './partial-line.ts';
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

export interface MapOutputSummary {
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
  /** Records a combiner was given and gave back; 0 without one. */
  readonly combineInputRecords: number;
  readonly combineOutputRecords: number;
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
  readonly #run: RunWriter;
  readonly #memory: ArenaLease;
  readonly #table: GroupTable;
  readonly #segments: SegmentWriter;
  readonly #partial: PartialLine;
  readonly #finder: KeyFinder;
  readonly #partitions: number;
  #inputRecords = 0;
  #inputBytes = 0;
  #spills = 0;
  #isWaiting = false;

  /** @throws {RangeError} for a size out of range, or an error of the file system with its `code` */
  constructor(options: MapOutputOptions) {
    const { partitions, sortBufferBytes } = options;
    const shape = options.shape ?? TAB_SEPARATED;
    const maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES_DEFAULT;
    checkRange('sort buffer', sortBufferBytes, TABLE_BYTES_MIN, Infinity);
    checkRange('longest record', maxRecordBytes, 1, MAX_RECORD_BYTES_LIMIT);
    this.#partitions = partitions;
    this.#partial = new PartialLine(maxRecordBytes);
    this.#finder = new KeyFinder(shape);
    this.#memory = (options.arena ?? new Arena()).lease(sortBufferBytes);
    try {
      this.#run = new RunWriter(options.runPath, partitions, {
        isOrdered: options.isOrdered ?? false,
      });
    } catch (error) {
      this.#memory.release();
      throw error;
    }
    const { combiner } = options;
    const sortValues = options.sortValues ?? false;
    const batch =
      sortValues && combiner?.type === 'program'
        ? batchMemory(this.#memory, sortBufferBytes)
        : undefined;
    this.#table = new GroupTable({
      memory: this.#memory,
      budgetBytes: batch === undefined ? sortBufferBytes : batch.from * 4,
      partitions,
      shape,
      sortValues,
      maxRecordBytes,
    });
    this.#segments = new SegmentWriter({
      run: this.#run,
      partitions,
      shape,
      maxRecordBytes,
      combiner,
      batch,
    });
  }

  /** @throws {RecordTooLongError | FoldError}; a promise rejects with CombinerKeyError as well */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#inputBytes += chunk.length;
    return this.#perform(this.#take(chunk));
  }

  /** Says that what comes next is from another program: a last line without newline ends here. */
  endOfProgram(): Promise<void> | undefined {
    return this.#perform(this.#takePartial());
  }

  /** Writes what is left and completes the run. */
  async finish(): Promise<MapOutputSummary> {
    await this.endOfProgram();
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
      combineInputRecords: this.#segments.combineInputRecords,
      combineOutputRecords: this.#segments.combineOutputRecords,
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
    let from = 0;
    if (!this.#partial.isEmpty) {
      from = this.#partial.complete(chunk);
      if (from < 0) return;
      yield* this.#takeLines(this.#partial.bytes, 0);
      this.#partial.clear();
    }
    const rest = yield* this.#takeLines(chunk, from);
    if (rest < chunk.length) this.#partial.append(chunk, rest, chunk.length);
  }

  *#takePartial(): Waits {
    if (this.#partial.isEmpty) return;
    this.#partial.terminate();
    yield* this.#takeLines(this.#partial.bytes, 0);
    this.#partial.clear();
  }

  /** Takes the complete lines from `from` on and returns where the incomplete last one begins. */
  *#takeLines(chunk: Uint8Array, from: number): Waits<number> {
    let at = from;
    for (;;) {
      at = this.#table.feed(chunk, at);
      if (!this.#table.isFull) return at;
      if (this.#table.records > 0) {
        this.#spills++;
        const written = this.#writeTable();
        if (written !== undefined) yield written;
      } else {
        at = this.#writeLarge(chunk, at);
      }
    }
  }

  #writeTable(): Promise<void> | undefined {
    const { records } = this.#table;
    if (records === 0) return undefined;
    this.#inputRecords += records;
    const written = this.#segments.write(this.#table.sortGroups(), records);
    if (written === undefined) this.#table.clear();
    return written?.then(() => this.#table.clear());
  }

  /** Writes a record that no table of this size can hold. Returns where the next one begins. */
  #writeLarge(chunk: Uint8Array, start: number): number {
    const keyEnd = this.#finder.find(chunk, start, chunk.length);
    const lineEnd = chunk.indexOf(LINE_FEED, keyEnd);
    const valueStart = this.#finder.valueStart(keyEnd, lineEnd);
    const partition = partitionOfHash(this.#finder.hash, this.#partitions);
    const record = new SingleRecord(chunk, start, keyEnd, valueStart, lineEnd);
    this.#segments.writeSingle(record, partition);
    this.#inputRecords++;
    return lineEnd + 1;
  }
}

/** A computation that now and then has to wait for a promise. */
type Waits<Result = void> = Generator<Promise<void>, Result>;

/** The part of the memory in which a combiner's values are sorted, while the table has the rest. */
function batchMemory({ bytes, words }: ArenaLease, sortBufferBytes: number): BatchMemory {
  const to = Math.floor(sortBufferBytes / 4);
  return { bytes, words, from: to - Math.floor(to / BATCH_SHARE), to };
}

function checkRange(what: string, bytes: number, min: number, max: number): void {
  if (Number.isSafeInteger(bytes) && bytes >= min && bytes <= max) return;
  const limits = max === Infinity ? `at least ${min}` : `${min} to ${max}`;
  throw new RangeError(`Cannot use ${bytes} as ${what}: it must be ${limits} bytes`);
}
