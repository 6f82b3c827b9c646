import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../runtime/assert.ts';
import { Arena } from './arena.ts';
import type { ArenaLease } from './arena.ts';
import { FoldedLines } from './chunks.ts';
import type { Chunks } from './chunks.ts';
import type { FoldFactory } from './folds/fold.ts';
import { blocksInRange } from './key-range.ts';
import type { KeyRange } from './key-range.ts';
import type { GroupSize } from './largest-groups.ts';
import { MergeCursor } from './merge-cursor.ts';
import { MergeMemory } from './merge-memory.ts';
import { copyToRun } from './merge-to-run.ts';
import { mergeWidth } from './merge-width.ts';
import { Merge } from './merge.ts';
import type { MergeInput } from './merge.ts';
import { MergedLines } from './merged-lines.ts';
import { OpenRuns } from './open-runs.ts';
import { TAB_SEPARATED } from './record-shape.ts';
import type { RecordShape } from './record-shape.ts';
import { RunFile } from './run-file.ts';
import type { RunMemory } from './run-memory.ts';
import { MergeScratchError, RunUnreadableError } from './run-unreadable-error.ts';
import type { RunRef } from './run-unreadable-error.ts';
import { RunWriter } from './run-writer.ts';

const KIB = 1024;
/** What a run has of a partition is read at once when it is so short, and that is so much in all. */
const AHEAD_BYTES_EACH = 16 * KIB;
const AHEAD_BYTES_MAX = 16 * 1024 * KIB;

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
  /** How many blocks are read at once, at least 2: as many as there is memory for unless given. */
  readonly maxSources?: number;
  /** The slot's memory, used until `close`. A new one unless given. */
  readonly arena?: Arena;
  /** What is known of the runs already, to be added to. */
  readonly memory?: RunMemory;
  readonly signal?: AbortSignal;
}

interface Input extends MergeInput {
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
  readonly #lease: ArenaLease;
  readonly #memory: MergeMemory;
  readonly #open = new OpenRuns();
  readonly #scratch = new Set<string>();
  #scratchMade = 0;
  #merge: Merge | undefined;

  private constructor(options: PartitionMergeOptions) {
    this.#options = options;
    this.#lease = (options.arena ?? new Arena()).lease(options.bufferBytes);
    this.#memory = new MergeMemory(this.#lease, options.bufferBytes);
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
      await merge.#begin();
    } catch (error) {
      merge.close();
      throw error;
    }
    return merge;
  }

  /** Distinct keys read so far. */
  get groups(): number {
    return this.#merge?.groups ?? 0;
  }

  /** Records read so far. */
  get records(): number {
    return this.#merge?.records ?? 0;
  }

  /** The keys with most records among those read to their ends, largest first. */
  largestGroups(): readonly GroupSize[] {
    return this.#merge?.largestGroups() ?? [];
  }

  /** The records as lines, sorted by key. Its `next` throws {@link RunUnreadableError}. */
  mergedLines(): Chunks {
    // The last block may have groups past the range: what comes before them has been shown by the
    // time that the end of the block is checked.
    const isHeldBack = this.#options.range !== undefined;
    return new MergedLines(this.#opened, this.#separator, isHeldBack);
  }

  /** The records through a built-in reducer, as lines. `next` throws FoldError as well. */
  foldedLines(makeFold: FoldFactory): Chunks {
    return new FoldedLines(new MergeCursor(this.#opened), this.#separator, makeFold);
  }

  /** Closes all files and removes merge files. To be called in any case; may be called twice. */
  close(): void {
    this.#merge?.close();
    this.#open.closeAll();
    this.#lease.release();
    for (const path of this.#scratch) this.#remove(path);
  }

  get #opened(): Merge {
    assert(this.#merge !== undefined, 'a merge was read before it was opened');
    return this.#merge;
  }

  get #separator(): Uint8Array {
    return (this.#options.shape ?? TAB_SEPARATED).separator;
  }

  async #begin(): Promise<void> {
    let inputs = this.#findInputs();
    const { bufferBytes, maxSources } = this.#options;
    const width = mergeWidth(inputs, bufferBytes, maxSources);
    while (inputs.length > width) inputs = await this.#pass(inputs, width);
    this.#merge = this.#mergeOf(inputs);
  }

  #findInputs(): Input[] {
    const { runs, partition, partitions, range, memory } = this.#options;
    let aheadLeft = AHEAD_BYTES_MAX;
    return runs.flatMap((run) => {
      const unreadable = (reason: string, cause?: unknown): Error => {
        memory?.forget(run.path);
        return new RunUnreadableError(run, reason, cause);
      };
      const file = new RunFile(run.path, this.#open, unreadable, memory);
      if (range !== undefined) {
        const segments = file.readSegments((blocks) => blocksInRange(blocks, range));
        return segments.map((blocks) => ({ file, blocks, range, isScratch: false }));
      }
      const blocks = file.readIndex(partition, partitions);
      const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
      if (bytes <= Math.min(AHEAD_BYTES_EACH, aheadLeft)) {
        file.readAhead(blocks);
        aheadLeft -= bytes;
      }
      return blocks.map((block) => ({ file, blocks: [block], isScratch: false }));
    });
  }

  #mergeOf(inputs: readonly Input[]): Merge {
    const { bufferBytes, sortValues } = this.#options;
    return new Merge(this.#memory, inputs, bufferBytes, sortValues ?? false);
  }

  /**
   * Merges neighbours, so that the order of the sources stays, and no more of them than it takes
   * to have few enough.
   */
  async #pass(inputs: readonly Input[], width: number): Promise<Input[]> {
    const merged: Input[] = [];
    let excess = inputs.length - width;
    for (let at = 0; at < inputs.length;) {
      const count = Math.min(width, excess + 1, inputs.length - at);
      const neighbours = inputs.slice(at, at + count);
      merged.push(...(count > 1 ? [await this.#mergeToScratch(neighbours)] : neighbours));
      excess -= count - 1;
      at += count;
    }
    return merged;
  }

  async #mergeToScratch(inputs: readonly Input[]): Promise<Input> {
    const path = join(this.#options.scratchDir, `merge-${this.#scratchMade++}.run`);
    const run = new RunWriter(path, 1);
    this.#scratch.add(path);
    try {
      this.#merge = this.#mergeOf(inputs);
      const largestBytes = Math.max(...inputs.map(({ file }) => file.largestBytes));
      await copyToRun(this.#merge, run, largestBytes, this.#options.signal);
      run.finish();
    } catch (error) {
      run.abort();
      throw error;
    }
    this.#merge.close();
    for (const { file, isScratch } of inputs) if (isScratch) this.#remove(file.path);
    return this.#openScratch(path);
  }

  #openScratch(path: string): Input {
    const file = new RunFile(path, this.#open, (reason, cause) => {
      return new MergeScratchError(path, reason, cause);
    });
    // No blocks when all that was read lay outside the range of keys.
    return { file, blocks: file.readIndex(0, 1), isScratch: true };
  }

  #remove(path: string): void {
    rmSync(path, { force: true });
    this.#scratch.delete(path);
  }
}
