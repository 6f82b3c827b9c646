import { BlockReader } from './block-reader.ts';
import type { KeyRange } from './key-range.ts';
import { LargestGroups } from './largest-groups.ts';
import type { GroupSize } from './largest-groups.ts';
import { DAMAGES } from './merge-kernel.ts';
import type { MergeHost } from './merge-kernel.ts';
import type { MergeMemory } from './merge-memory.ts';
import type { RunFile } from './run-file.ts';
import type { RunBlock } from './run-format.ts';

const KIB = 1024;
const WINDOW_BYTES_MAX = 1024 * KIB;

/** One source of a merge. */
export interface MergeInput {
  readonly file: RunFile;
  /** One, or neighbours in an ordered run. */
  readonly blocks: readonly RunBlock[];
  /** Which of their keys are wanted, unless all are. */
  readonly range?: KeyRange | undefined;
}

/**
 * Has the kernel merge some inputs, and reads them for it. There is one merge in a memory at a time;
 * it is taken through MergedLines, MergeCursor or copyToRun.
 */
export class Merge implements MergeHost {
  readonly memory: MergeMemory;
  readonly #inputs: readonly MergeInput[];
  readonly #readers: readonly BlockReader[];
  readonly #largest = new LargestGroups();
  /** What the kernel counted, once it may have begun another merge. */
  #counted: { readonly groups: number; readonly records: number } | undefined;

  /**
   * @param inputs in the order in which values of the same key, or equal ones, are wanted
   * @param windowBytes memory for all windows together; large records come on top of it
   * @param sortsValues whether values of a key are in byte order in every input and shall be
   */
  constructor(
    memory: MergeMemory,
    inputs: readonly MergeInput[],
    windowBytes: number,
    sortsValues: boolean,
  ) {
    this.memory = memory;
    this.#inputs = inputs;
    this.#readers = inputs.map(({ file, blocks }) => new BlockReader(file, blocks));
    memory.reset();
    const { kernel } = memory;
    kernel.mergeHost.host = this;
    kernel.mergeBegin(memory.take(kernel.mergeBytes(inputs.length)), inputs.length, sortsValues);
    const share = Math.floor(windowBytes / Math.max(1, inputs.length));
    for (const index of inputs.keys()) this.#describe(index, Math.min(share, WINDOW_BYTES_MAX));
    try {
      for (const index of inputs.keys()) kernel.mergeAdd(index);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Distinct keys read so far. */
  get groups(): number {
    return this.#counted?.groups ?? this.memory.kernel.mergeGroups();
  }

  /** Records read so far. */
  get records(): number {
    return this.#counted?.records ?? this.memory.kernel.mergeRecords();
  }

  /** The keys with most records among those read to their ends, largest first. */
  largestGroups(): readonly GroupSize[] {
    return this.#largest.sizes();
  }

  /** Closes all files. May be called twice. */
  close(): void {
    const { groups, records } = this;
    this.#counted = { groups, records };
    for (const reader of this.#readers) reader.close();
    const { mergeHost } = this.memory.kernel;
    if (mergeHost.host === this) mergeHost.host = undefined;
  }

  readMore(source: number, at: number, room: number): number {
    const reader = this.#readers[source] as BlockReader;
    return reader.load(this.memory.bytes, at, room);
  }

  makeWindow(bytes: number): number {
    return this.memory.take(bytes);
  }

  reportDamage(source: number, kind: number): never {
    const { file } = this.#inputs[source] as MergeInput;
    throw file.unreadable(DAMAGES[kind] ?? 'it is damaged');
  }

  noteGroup(key: number, keyBytes: number, records: number): number {
    const bytes = this.memory.bytes.subarray(key, key + keyBytes);
    return this.#largest.note(bytes, keyBytes, records);
  }

  #describe(index: number, windowBytes: number): void {
    const { file, blocks, range } = this.#inputs[index] as MergeInput;
    const { memory } = this;
    const unread = total(blocks, 'length');
    const capacity = Math.min(windowBytes, unread);
    memory.kernel.mergeSource(
      index,
      memory.take(capacity),
      capacity,
      unread,
      total(blocks, 'groups'),
      total(blocks, 'records'),
      file.largestBytes,
    );
    if (range === undefined) return;
    const from = this.#keep(range.from);
    const to = this.#keep(range.to ?? new Uint8Array(0));
    const hasEnd = range.to !== undefined;
    memory.kernel.mergeRange(index, from, range.from.length, hasEnd, to, range.to?.length ?? 0);
  }

  #keep(bytes: Uint8Array): number {
    const address = this.memory.take(bytes.length);
    this.memory.bytes.set(bytes, address);
    return address;
  }
}

function total(blocks: readonly RunBlock[], what: 'length' | 'groups' | 'records'): number {
  return blocks.reduce((sum, block) => sum + block[what], 0);
}
