import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { attemptDirectory, PART_NAME, runPath } from '../../protocol/job-layout.ts';
import { cutsRanges } from '../../protocol/job-spec.ts';
import type { NewMapTask } from '../../protocol/manager-orders.ts';
import type { OutputFile } from '../../protocol/worker-messages.ts';
import type { Arena } from '../../shuffle/arena.ts';
import type { CombinedRecords } from '../../shuffle/combine-rule.ts';
import type { Combiner } from '../../shuffle/combiner.ts';
import { MapOutput } from '../../shuffle/map-output.ts';
import { PartWriter } from '../../shuffle/part-writer.ts';
import { recordShape } from '../../shuffle/record-shape.ts';

/** Where the output of an attempt's mappers goes. */
export interface MapSink {
  /** A promise when the mapper has to wait; the chunk must stay until it settles. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** What comes next is another mapper's. */
  nextProgram(): Promise<void> | undefined;
  finish(): Promise<MapSinkSummary>;
  /** Removes what was written. At any time. */
  abort(): void;
}

export interface MapSinkSummary {
  readonly output: OutputFile;
  /** What the mappers wrote. */
  readonly bytes: number;
  readonly records: number;
  readonly spills: number;
  /** Absent for a part, which is past every combiner. */
  readonly combined: CombinedRecords | undefined;
}

/** The run of a job with reducers. */
export function runSink(
  order: NewMapTask,
  memory: { readonly arena: Arena; readonly sortBufferBytes: number },
  combiner: Combiner | undefined,
): MapSink {
  // Where ranges begin is known only when all maps have ended.
  const isOrdered = cutsRanges(order.rules, order.reduces);
  const output = new MapOutput({
    runPath: runPath(order.job_directory, order.task_index, order.attempt),
    partitions: isOrdered ? 1 : order.reduces,
    isOrdered,
    sortBufferBytes: memory.sortBufferBytes,
    maxRecordBytes: order.max_record_bytes,
    shape: recordShape(order.rules.separator, order.rules.key_fields),
    sortValues: order.rules.sort_values,
    arena: memory.arena,
    ...(combiner && { combiner }),
  });
  return {
    write: (chunk) => output.write(chunk),
    nextProgram: () => output.endOfProgram(),
    async finish() {
      const summary = await output.finish();
      return {
        output: { name: 'run', bytes: summary.bytes, records: summary.records, crc32: 0 },
        bytes: summary.inputBytes,
        records: summary.inputRecords,
        spills: summary.spills,
        combined: summary,
      };
    },
    abort: () => {
      output.abort();
    },
  };
}

/**
 * The part of a map-only job. Parts are read one after another, so each but the last ends with a
 * newline; the last stays as the program wrote it, so that `cat` gives back its input.
 */
export function partSink(order: NewMapTask): MapSink {
  const path = join(attemptDirectory(order.staging_directory, order), PART_NAME);
  const part = new PartWriter({ path, ensureFinalNewline: !order.last_map });
  return {
    write(chunk) {
      part.write(chunk);
      return undefined;
    },
    nextProgram() {
      part.endLine();
      return undefined;
    },
    async finish() {
      const { bytes, records, crc32 } = await part.finish();
      // Said outright: a mode given at open would be cut by this process's umask.
      chmodSync(path, order.output_mode);
      const output = { name: PART_NAME, bytes, records, crc32 };
      return { output, bytes, records, spills: 0, combined: undefined };
    },
    abort: () => {
      part.abort();
    },
  };
}
