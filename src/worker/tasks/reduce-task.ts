import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { attemptDirectory, PART_NAME } from '../../protocol/job-layout.ts';
import type { NewReduceTask } from '../../protocol/manager-orders.ts';
import { type BuiltinName, reducerFold } from '../../shuffle/folds/builtins.ts';
import { PartWriter } from '../../shuffle/part-writer.ts';
import type { PartitionMerge } from '../../shuffle/partition-merge.ts';
import type { RunRef, RunUnreadableError } from '../../shuffle/run-unreadable-error.ts';
import type { Attempt } from './attempt.ts';
import type { FoundProgram } from './attempt-programs.ts';
import { orderedCommand } from './ordered-command.ts';
import { CountedFold } from './counted-fold.ts';
import { openReduceInput, readManifest } from '../../inputs/reduce-input.ts';
import { retryUnreadableRuns, type RetryTiming } from './retry-unreadable-runs.ts';
import type { TaskWork } from './task-work.ts';

/** Chunks of about 256 KiB that a built-in writes before the thread looks whether it is wanted. */
const CHUNKS_PER_TURN = 32;

type Reducer =
  | { readonly type: 'program'; readonly program: FoundProgram }
  | {
      readonly type: 'builtin';
      readonly name: BuiltinName;
      readonly after: BuiltinName | undefined;
    };

/** Merges the task's partition of all runs and gives it to the reducer, whose output is the part. */
export async function runReduceTask(
  order: NewReduceTask,
  attempt: Attempt,
  timing: RetryTiming,
): Promise<TaskWork> {
  const reducer = await findReducer(order, attempt);
  const runs = readManifest(order);
  return retryUnreadableRuns(
    () => reduceOnce(order, runs, reducer, attempt),
    (error) => isReadable(order, runs, error, attempt),
    timing,
  );
}

async function reduceOnce(
  order: NewReduceTask,
  runs: readonly RunRef[],
  reducer: Reducer,
  attempt: Attempt,
): Promise<TaskWork> {
  attempt.programs.forgetCounters();
  attempt.progress.bytesRead = 0;
  attempt.progress.bytesWritten = 0;
  const merge = await openMerge(order, runs, attempt);
  try {
    const path = join(attemptDirectory(order.staging_directory, order), PART_NAME);
    const part = new PartWriter({ path, ensureFinalNewline: true });
    try {
      const input =
        reducer.type === 'program'
          ? await reduceWithProgram(reducer.program, merge, part, attempt)
          : await reduceWithBuiltin(reducer, merge, part, attempt);
      const { bytes, records, crc32 } = await part.finish();
      // Said outright: a mode given at open would be cut by this process's umask.
      chmodSync(path, order.output_mode);
      return {
        output: { name: PART_NAME, bytes, records, crc32 },
        statistics: {
          input_bytes: input,
          input_records: merge.records,
          output_bytes: bytes,
          output_records: records,
          spills: 0,
          combine_input_records: 0,
          combine_output_records: 0,
          combine_skipped_records: 0,
          ignored_input_bytes: 0,
          largest_groups: merge.largestGroups(),
        },
      };
    } catch (error) {
      part.abort();
      throw error;
    }
  } finally {
    merge.close();
  }
}

/** Both give the bytes that were merged for the reducer. */
async function reduceWithProgram(
  program: FoundProgram,
  merge: PartitionMerge,
  part: PartWriter,
  attempt: Attempt,
): Promise<number> {
  const lines = merge.mergedLines();
  await attempt.programs.run(program, {
    stdin() {
      const chunk = lines.next();
      attempt.progress.bytesRead = lines.bytes;
      return chunk;
    },
    stdout(chunk) {
      attempt.progress.bytesWritten += chunk.length;
      part.write(chunk);
      return undefined;
    },
  });
  return lines.bytes;
}

async function reduceWithBuiltin(
  reducer: Reducer & { readonly type: 'builtin' },
  merge: PartitionMerge,
  part: PartWriter,
  attempt: Attempt,
): Promise<number> {
  attempt.progress.started();
  const input = new CountedFold(reducerFold(reducer.name, reducer.after));
  const lines = merge.foldedLines(input.makeFold);
  for (let chunks = 1; ; chunks++) {
    const chunk = lines.next();
    if (chunk === undefined) break;
    part.write(chunk);
    attempt.progress.bytesRead = input.bytes;
    attempt.progress.bytesWritten = part.bytes;
    if (chunks % CHUNKS_PER_TURN === 0) {
      await nextTurn();
      attempt.throwIfKilled();
    }
  }
  return input.bytes;
}

function openMerge(
  order: NewReduceTask,
  runs: readonly RunRef[],
  attempt: Attempt,
): Promise<PartitionMerge> {
  const { arena, runMemory, sortBufferBytes } = attempt.context;
  return openReduceInput(order, runs, {
    bufferBytes: sortBufferBytes,
    scratchDir: attempt.makeScratchDirectory(),
    arena,
    memory: runMemory,
    signal: attempt.signal,
  });
}

/** Reads the task's partition of the run that could not be read, to its end. */
async function isReadable(
  order: NewReduceTask,
  runs: readonly RunRef[],
  error: RunUnreadableError,
  attempt: Attempt,
): Promise<boolean> {
  attempt.throwIfKilled();
  const run = runs.filter(({ path }) => path === error.path);
  try {
    const merge = await openMerge(order, run, attempt);
    try {
      const lines = merge.mergedLines();
      while (lines.next() !== undefined);
      return true;
    } finally {
      merge.close();
    }
  } catch {
    return false;
  }
}

async function findReducer(order: NewReduceTask, attempt: Attempt): Promise<Reducer> {
  const command = orderedCommand(order.reducer, order.rules);
  if (command.type !== 'builtin') {
    const program = await attempt.programs.find('reducer', command);
    return { type: 'program', program };
  }
  attempt.programs.note('reducer', `the built-in ${command.name}`);
  const combiner =
    order.combiner === null ? undefined : orderedCommand(order.combiner, order.rules);
  const after = combiner?.type === 'builtin' ? combiner.name : undefined;
  return { type: 'builtin', name: command.name, after };
}
