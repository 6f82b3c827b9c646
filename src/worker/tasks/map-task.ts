import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NewMapTask, Piece } from '../../protocol/manager-orders.ts';
import type { CombinedRecords } from '../../shuffle/combine-rule.ts';
import type { Combiner } from '../../shuffle/combiner.ts';
import type { FedInput } from '../program/file-feed.ts';
import type { ByteSource } from '../program/input-feed.ts';
import type { Attempt } from './attempt.ts';
import { AttemptFailure } from './attempt-failure.ts';
import type { FoundProgram } from './attempt-programs.ts';
import { MapInput, type MapperUse } from './map-input.ts';
import { type MapSink, partSink, runSink } from './map-sink.ts';
import { orderedCommand } from './ordered-command.ts';
import type { TaskWork } from './task-work.ts';

/** Bytes that a built-in takes before the thread looks whether it is still wanted. */
const BYTES_PER_TURN = 8 * 1024 * 1024;

/** Gives input to a mapper, to its end: one piece, or several when no piece is named. */
type Mapper = (source: ByteSource, piece?: Piece, feed?: FedInput) => Promise<void>;

/**
 * Runs the mapper on every piece, one after another, with a process each, so that what it reads of
 * its input's name is true; or, when the job says so, one process on all of them.
 */
export async function runMapTask(order: NewMapTask, attempt: Attempt): Promise<TaskWork> {
  const combiner = await findCombiner(order, attempt);
  const mapperProgram = await findMapper(order, attempt);
  const input = await MapInput.open(order.pieces, attempt);
  const sink = order.reduces > 0 ? runSink(order, attempt.context, combiner) : partSink(order);
  const mapper: Mapper =
    mapperProgram === undefined
      ? (source) => copyInput(source, sink, attempt)
      : (source, piece, feed) => mapWith(mapperProgram, { source, piece, feed }, sink, attempt);
  attempt.whenDiscarded(() => {
    sink.abort();
  });
  if (order.rules.one_process) await input.readTogether((source) => mapper(source));
  else {
    for (const [index, piece] of order.pieces.entries()) {
      if (index > 0) await sink.nextProgram();
      const read: MapperUse = (source, feed) => mapper(source, piece, feed);
      await (mapperProgram ? input.readForProgram(piece, read) : input.readOne(piece, read));
    }
  }
  const { output, bytes, records, spills, combined } = await sink.finish();
  const written = {
    output_bytes: bytes,
    output_records: records,
    spills,
    ...combinerStatistics(combined),
  };
  return { output, statistics: { ...input.statistics, ...written, largest_groups: [] } };
}

function combinerStatistics(combined: CombinedRecords | undefined) {
  return {
    combine_input_records: combined?.combineInputRecords ?? 0,
    combine_output_records: combined?.combineOutputRecords ?? 0,
    combine_skipped_records: combined?.combineSkippedRecords ?? 0,
  };
}

interface MapperInput {
  readonly source: ByteSource;
  readonly piece: Piece | undefined;
  readonly feed: FedInput | undefined;
}

async function mapWith(
  program: FoundProgram,
  { source, piece, feed }: MapperInput,
  sink: MapSink,
  attempt: Attempt,
): Promise<void> {
  await attempt.programs.run(program, {
    ...(piece && { input: piece }),
    stdin: source,
    feed,
    stdout(chunk) {
      attempt.progress.bytesWritten += chunk.length;
      return sink.write(chunk);
    },
  });
}

/** The built-in `identity`: no process. */
async function copyInput(source: ByteSource, sink: MapSink, attempt: Attempt): Promise<void> {
  attempt.progress.started();
  let turnBytes = 0;
  for (;;) {
    const block = await source();
    if (block === undefined) return;
    attempt.progress.bytesWritten += block.length;
    await sink.write(block);
    turnBytes += block.length;
    if (turnBytes < BYTES_PER_TURN) continue;
    turnBytes = 0;
    await nextTurn();
    attempt.throwIfKilled();
  }
}

/** Undefined for the built-in. */
async function findMapper(order: NewMapTask, attempt: Attempt): Promise<FoundProgram | undefined> {
  const command = orderedCommand(order.mapper, order.rules);
  if (command.type !== 'builtin') return attempt.programs.find('mapper', command);
  if (command.name !== 'identity')
    throw new AttemptFailure('failed', `Cannot use the built-in "${command.name}" as mapper`);
  attempt.programs.note('mapper', `the built-in ${command.name}`);
  return undefined;
}

async function findCombiner(order: NewMapTask, attempt: Attempt): Promise<Combiner | undefined> {
  if (order.combiner === null || order.reduces === 0) return undefined;
  const command = orderedCommand(order.combiner, order.rules);
  if (command.type === 'builtin') {
    attempt.programs.note('combiner', `the built-in ${command.name}`);
    return { type: 'builtin', name: command.name };
  }
  const program = await attempt.programs.find('combiner', command);
  return {
    type: 'program',
    combine: (_partition, input, emit) =>
      attempt.programs.run(program, {
        stdin: () => input.next(),
        stdout(chunk) {
          emit(chunk);
          return undefined;
        },
      }),
  };
}
