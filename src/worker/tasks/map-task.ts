import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NewMapTask, Piece } from '../../protocol/manager-orders.ts';
import type { Combiner } from '../../shuffle/combiner.ts';
import type { Attempt } from './attempt.ts';
import { AttemptFailure } from './attempt-failure.ts';
import type { FoundProgram } from './attempt-programs.ts';
import { readCommand } from './command.ts';
import { type MapSink, partSink, runSink } from './map-sink.ts';
import { PieceReader } from './piece-reader.ts';
import type { TaskWork } from './task-work.ts';

/** Bytes that a built-in takes before the thread looks whether it is still wanted. */
const BYTES_PER_TURN = 8 * 1024 * 1024;

/** Gives one piece's bytes to a mapper. */
type Mapper = (piece: Piece, reader: PieceReader) => Promise<void>;

/**
 * Runs the mapper on every piece, one after another, with a process each, so that what it reads of
 * its input's name is true.
 */
export async function runMapTask(order: NewMapTask, attempt: Attempt): Promise<TaskWork> {
  const combiner = await findCombiner(order, attempt);
  const mapperProgram = await findMapper(order, attempt);
  const sink = order.reduces > 0 ? runSink(order, attempt.context, combiner) : partSink(order);
  const mapper: Mapper =
    mapperProgram === undefined
      ? (_piece, reader) => copyPiece(reader, sink, attempt)
      : (piece, reader) => mapPiece(mapperProgram, piece, reader, { sink, attempt });
  attempt.whenDiscarded(() => {
    sink.abort();
  });
  const input = await mapPieces(order.pieces, mapper, { sink, attempt });
  const { output, bytes, records, spills } = await sink.finish();
  return {
    output,
    statistics: { ...input, output_bytes: bytes, output_records: records, spills },
  };
}

interface MapWork {
  readonly sink: MapSink;
  readonly attempt: Attempt;
}

async function mapPieces(pieces: readonly Piece[], mapper: Mapper, { sink, attempt }: MapWork) {
  const input = { input_bytes: 0, input_records: 0, ignored_input_bytes: 0 };
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await sink.nextProgram();
    attempt.input = { path: piece.path, start: piece.start, length: piece.length };
    const reader = new PieceReader(piece, attempt.context.readBuffer);
    try {
      await mapper(piece, reader);
      input.ignored_input_bytes += reader.checkAgain();
    } finally {
      reader.close();
    }
    input.input_bytes += reader.bytes;
    input.input_records += reader.records;
  }
  return input;
}

async function mapPiece(
  program: FoundProgram,
  piece: Piece,
  reader: PieceReader,
  { sink, attempt }: MapWork,
): Promise<void> {
  await attempt.programs.run(program, {
    input: piece,
    stdin() {
      const block = reader.next();
      attempt.progress.bytesRead += block?.length ?? 0;
      return block;
    },
    stdout(chunk) {
      attempt.progress.bytesWritten += chunk.length;
      return sink.write(chunk);
    },
  });
}

/** The built-in `identity`: no process. */
async function copyPiece(reader: PieceReader, sink: MapSink, attempt: Attempt): Promise<void> {
  attempt.progress.started();
  let turnBytes = 0;
  for (;;) {
    const block = reader.next();
    if (block === undefined) return;
    attempt.progress.bytesRead += block.length;
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
  const command = readCommand(order.mapper);
  if (command.type === 'program') return attempt.programs.find('mapper', command.words);
  if (command.name !== 'identity')
    throw new AttemptFailure('failed', `Cannot use the built-in "${command.name}" as mapper`);
  attempt.programs.note('mapper', `the built-in ${command.name}`);
  return undefined;
}

async function findCombiner(order: NewMapTask, attempt: Attempt): Promise<Combiner | undefined> {
  if (order.combiner === null || order.reduces === 0) return undefined;
  const command = readCommand(order.combiner);
  if (command.type === 'builtin') {
    attempt.programs.note('combiner', `the built-in ${command.name}`);
    return { type: 'builtin', name: command.name };
  }
  const program = await attempt.programs.find('combiner', command.words);
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
