import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LineSelection, NewMapTask, Piece } from '../../protocol/manager-orders.ts';
import type { CombinedRecords } from '../../shuffle/combine-rule.ts';
import type { Combiner } from '../../shuffle/combiner.ts';
import type { FedInput } from '../program/file-feed.ts';
import type { ByteSource } from '../program/input-feed.ts';
import type { Attempt } from './attempt.ts';
import { AttemptFailure } from './attempt-failure.ts';
import type { FoundProgram } from './attempt-programs.ts';
import { MapInput, type MapperUse, readingPlace } from './map-input.ts';
import { type MapSink, partSink, runSink } from './map-sink.ts';
import { orderedCommand } from './ordered-command.ts';
import { SelectedInput } from './selected-input.ts';
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
  const sink = order.reduces > 0 ? runSink(order, attempt.context, combiner) : partSink(order);
  const mapper: Mapper =
    mapperProgram === undefined
      ? (source) => copyInput(source, sink, attempt)
      : (source, piece, feed) => mapWith(mapperProgram, { source, piece, feed }, sink, attempt);
  attempt.whenDiscarded(() => {
    sink.abort();
  });
  const next = (): Promise<void> | undefined => sink.nextProgram();
  const input = order.lines
    ? await mapSelection(order, order.lines, attempt, { mapper, next })
    : await mapAll(order, attempt, { mapper, next, isProgram: mapperProgram !== undefined });
  const { output, bytes, records, spills, combined } = await sink.finish();
  const written = {
    output_bytes: bytes,
    output_records: records,
    spills,
    ...combinerStatistics(combined),
  };
  const statistics = { ...input.statistics, ...written, largest_groups: [] };
  return { output, statistics, ...(input.selected && { selected: input.selected }) };
}

interface Mapping {
  readonly mapper: Mapper;
  /** What comes next is another mapper's. */
  readonly next: () => Promise<void> | undefined;
}

type MappedInput = Pick<MapInput, 'statistics'> & Pick<TaskWork, 'selected'>;

async function mapAll(
  order: NewMapTask,
  attempt: Attempt,
  { mapper, next, isProgram }: Mapping & { readonly isProgram: boolean },
): Promise<MappedInput> {
  const input = await MapInput.open(order.pieces, attempt);
  if (order.rules.one_process) {
    await input.readTogether((source) => mapper(source));
    return { statistics: input.statistics };
  }
  for (const [index, piece] of order.pieces.entries()) {
    if (index > 0) await next();
    const read: MapperUse = (source, feed) => mapper(source, piece, feed);
    await (isProgram ? input.readForProgram(piece, read) : input.readOne(piece, read));
  }
  return { statistics: input.statistics };
}

async function mapSelection(
  order: NewMapTask,
  selection: LineSelection,
  attempt: Attempt,
  { mapper, next }: Mapping,
): Promise<MappedInput> {
  const place = await readingPlace(order.pieces, attempt);
  const input = new SelectedInput(order, selection, attempt, place);
  if (order.rules.one_process) await input.readTogether((source) => mapper(source));
  else await input.readEach((source, piece) => mapper(source, piece), next);
  const leftOut = input.finish();
  return { statistics: input.statistics, selected: { leftOut, seen: input.seen } };
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
