import type { ArenaLease } from './arena.ts';
import type { RunWriter } from './run-writer.ts';

const OUTPUT_BYTES = 256 * 1024;

/** Writes the sorted groups of a table to the block at hand of a run, as the kernel encodes them. */
export class TableEncoder {
  readonly #memory: ArenaLease;
  readonly #run: RunWriter;
  readonly #output: number;

  /** Takes memory for its output. */
  constructor(memory: ArenaLease, run: RunWriter) {
    this.#memory = memory;
    this.#run = run;
    this.#output = memory.reserve(OUTPUT_BYTES);
  }

  write(partition: number): void {
    const run = this.#run;
    const { kernel, memory } = this.#memory;
    const fields = new Uint32Array(memory.buffer);
    const output = this.#output;
    let groups = 0;
    let records = 0;
    kernel.encodePartition(partition);
    for (;;) {
      if (kernel.isAtBorder.value !== 0) {
        const place = kernel.encodingPlace() >>> 0;
        if (place === 0) return;
        const key = fields[place / 4 + KEY] as number;
        run.cutBefore(memory, key, key + (fields[place / 4 + KEY_BYTES] as number));
      }
      const border = output + Math.min(run.bytesUntilCut, 2 * OUTPUT_BYTES);
      const end = kernel.encode(output, output + OUTPUT_BYTES, border) >>> 0;
      const begunGroups = (kernel.encodedGroups.value >>> 0) - groups;
      const begunRecords = (kernel.encodedRecords.value >>> 0) - records;
      groups += begunGroups;
      records += begunRecords;
      const largestBytes = kernel.largestBytes.value >>> 0;
      run.encoded(memory.subarray(output, end), begunGroups, begunRecords, largestBytes);
    }
  }
}

/** Where a listed key is named, in words: `Sortable` of assembly/byte-sort.ts. */
const KEY = 2;
const KEY_BYTES = 3;
