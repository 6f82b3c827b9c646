import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Arena } from './arena.ts';
import type { ArenaLease } from './arena.ts';
import { BlockSource } from './block-source.ts';
import { CursorLines, FoldedLines } from './chunks.ts';
import type { Chunks } from './chunks.ts';
import type { FoldFactory } from './folds/fold.ts';
import { HeldChunks } from './held-chunks.ts';
import { blocksInRange } from './key-range.ts';
import type { KeyRange } from './key-range.ts';
import type { GroupSize } from './largest-groups.ts';
import { MergeCursor } from './merge-cursor.ts';
import { RangeSource } from './range-source.ts';
import { TAB_SEPARATED } from './record-shape.ts';
import type { RecordShape } from './record-shape.ts';
import { RunFile } from './run-file.ts';
import type { RunBlock } from './run-format.ts';
import { MergeScratchError, RunUnreadableError } from './run-unreadable-error.ts';
import type { RunRef } from './run-unreadable-error.ts';
import { RunWriter } from './run-writer.ts';
import { copyGroups } from './segment-writer.ts';

const KIB = 1024;
const WINDOW_BYTES_MIN = 16 * KIB;
const WINDOW_BYTES_MAX = 1024 * KIB;
const SOURCES_MAX_DEFAULT = 64;
/** How much of a merge pass is done in one go: between, a cancellation may be heard. */
const TURN_BYTES = 8 * 1024 * KIB;

export interface PartitionMergeOptions {
  /** The runs of all map tasks, in the order in which values of the same key are wanted. */
  readonly runs: readonly RunRef[];
  readonly partition: number;
  /** Into how many partitions the runs are divided. */
  readonly partitions: number;
  /** Which keys are wanted. For ordered runs, and only for them; then the partition is 0 of 1. */
  readonly range?: KeyRange | undefined;
  /** Memory for reading; large records come on top of it. */
  readonly bufferBytes: number;
  /** An existing directory for merge files, used only when there are too many sources. */
  readonly scratchDir: string;
  readonly shape?: RecordShape;
  /** Values of a key in byte order: as the runs have them, if they were written so. */
  readonly sortValues?: boolean;
  /** How many blocks, hence files, are read at once: 64 unless given, at least 2. */
  readonly maxSources?: number;
  /** The slot's memory, used until `close`. A new one unless given. */
  readonly arena?: Arena;
  readonly signal?: AbortSignal;
}

interface Input {
  readonly file: RunFile;
  /** One, or neighbours in an ordered run. */
  readonly blocks: readonly RunBlock[];
  /** Which of their keys are wanted, unless all are. */
  readonly range?: KeyRange | undefined;
  /** True for a file of an earlier pass, to be removed when it has been read. */
  readonly isScratch: boolean;
}

/**
 * Merges one partition of all runs of a job. Take {@link mergedLines} or {@link foldedLines}, once,
 * read it to its end, and `close`.
 *
 * Every block has been checked against its checksum before the last chunk is handed out, so whoever
 * passes chunks on and ends its output at `undefined` never shows a good end of bad data.
 */
export class PartitionMerge {
  readonly #options: PartitionMergeOptions;
  readonly #sourcesMax: number;
  readonly #memory: ArenaLease;
  readonly #scratch = new Set<string>();
  #scratchMade = 0;
  #sources: BlockSource[] = [];
  #cursor = new MergeCursor([], false);

  private constructor(options: PartitionMergeOptions) {
    const fitting = Math.floor(options.bufferBytes / WINDOW_BYTES_MIN);
    this.#options = options;
    this.#sourcesMax = Math.max(2, Math.min(options.maxSources ?? SOURCES_MAX_DEFAULT, fitting));
    this.#memory = (options.arena ?? new Arena()).lease(options.bufferBytes);
  }

  /**
   * Opens the runs, and merges some of them into scratch files first when there are too many.
   *
   * @throws {RunUnreadableError} when the run of a map task is missing or damaged
   * @throws the signal's reason, or an error of the file system with its `code`
   */
  static async open(options: PartitionMergeOptions): Promise<PartitionMerge> {
    const merge = new PartitionMerge(options);
    try {
      let inputs = merge.#findInputs();
      while (inputs.length > merge.#sourcesMax) inputs = await merge.#pass(inputs);
      merge.#read(inputs);
    } catch (error) {
      merge.close();
      throw error;
    }
    return merge;
  }

  /** Distinct keys read so far. */
  get groups(): number {
    return this.#cursor.groups;
  }

  /** Records read so far. */
  get records(): number {
    return this.#cursor.records;
  }

  /** The keys with most records among those read so far, largest first. */
  largestGroups(): readonly GroupSize[] {
    return this.#cursor.largestGroups();
  }

  /** The records as lines, sorted by key. Its `next` throws {@link RunUnreadableError}. */
  mergedLines(): Chunks {
    const lines = new CursorLines(this.#cursor, this.#separator);
    // The last block may have groups past the range: what comes before them has been shown by the
    // time that the end of the block is checked.
    return this.#options.range === undefined ? lines : new HeldChunks(lines);
  }

  /** The records through a built-in reducer, as lines. `next` throws FoldError as well. */
  foldedLines(makeFold: FoldFactory): Chunks {
    return new FoldedLines(this.#cursor, this.#separator, makeFold);
  }

  /** Closes all files and removes merge files. To be called in any case; may be called twice. */
  close(): void {
    this.#closeSources();
    this.#memory.release();
    for (const path of this.#scratch) this.#remove(path);
  }

  get #separator(): Uint8Array {
    return (this.#options.shape ?? TAB_SEPARATED).separator;
  }

  #findInputs(): Input[] {
    const { runs, partition, partitions, range } = this.#options;
    return runs.flatMap((run) => {
      const file = new RunFile(run.path, (reason, cause) => {
        return new RunUnreadableError(run, reason, cause);
      });
      if (range !== undefined) {
        const segments = file.readSegments((blocks) => blocksInRange(blocks, range));
        return segments.map((blocks) => ({ file, blocks, range, isScratch: false }));
      }
      const blocks = file.readIndex(partition, partitions);
      return blocks.map((block) => ({ file, blocks: [block], isScratch: false }));
    });
  }

  #read(inputs: readonly Input[]): void {
    const share = Math.floor(this.#options.bufferBytes / Math.max(1, inputs.length));
    const windowBytes = Math.min(share, WINDOW_BYTES_MAX);
    for (const [place, { file, blocks, range }] of inputs.entries()) {
      const at = place * windowBytes;
      const window = this.#memory.bytes.subarray(at, at + windowBytes);
      this.#sources.push(
        range === undefined
          ? new BlockSource(file, blocks, window)
          : new RangeSource(file, blocks, window, range),
      );
    }
    this.#cursor = new MergeCursor(this.#sources, this.#options.sortValues ?? false);
  }

  /**
   * Merges neighbours, so that the order of the sources stays, and no more of them than it takes
   * to have few enough.
   */
  async #pass(inputs: readonly Input[]): Promise<Input[]> {
    const merged: Input[] = [];
    let excess = inputs.length - this.#sourcesMax;
    for (let at = 0; at < inputs.length;) {
      const width = Math.min(this.#sourcesMax, excess + 1, inputs.length - at);
      const neighbours = inputs.slice(at, at + width);
      merged.push(...(width > 1 ? [await this.#mergeToScratch(neighbours)] : neighbours));
      excess -= width - 1;
      at += width;
    }
    return merged;
  }

  async #mergeToScratch(inputs: readonly Input[]): Promise<Input> {
    const path = join(this.#options.scratchDir, `merge-${this.#scratchMade++}.run`);
    const run = new RunWriter(path, 1);
    this.#scratch.add(path);
    try {
      this.#read(inputs);
      run.beginSegment();
      run.beginBlock(0);
      do {
        await nextTurn();
        this.#options.signal?.throwIfAborted();
      } while (copyGroups(this.#cursor, run, run.position + TURN_BYTES));
      run.endBlock();
      run.finish();
    } catch (error) {
      run.abort();
      throw error;
    }
    this.#closeSources();
    for (const { file, isScratch } of inputs) if (isScratch) this.#remove(file.path);
    return openScratch(path);
  }

  #closeSources(): void {
    for (const source of this.#sources) source.close();
    this.#sources = [];
  }

  #remove(path: string): void {
    rmSync(path, { force: true });
    this.#scratch.delete(path);
  }
}

function openScratch(path: string): Input {
  const file = new RunFile(path, (reason, cause) => new MergeScratchError(path, reason, cause));
  // None when all that was read lay outside the range of keys.
  return { file, blocks: file.readIndex(0, 1), isScratch: true };
}
