import type { ReduceSource, TaskInput } from '../../protocol/manager-replies.ts';
import type { Piece } from '../../protocol/manager-orders.ts';
import { printable } from '../reports/printable.ts';
import type { NumberedPiece } from './choose-pieces.ts';

/** Pieces that are named one by one. */
const PIECES_SHOWN = 10;

/** What is about to be written, for people: `map-00003 of job-0007: bytes 0 to 1024 of "/data/x"`. */
export function describePieces(
  { job, task }: Pick<TaskInput, 'job' | 'task'>,
  chosen: readonly NumberedPiece[],
  count: number,
): readonly string[] {
  const name = `${task} of ${job}`;
  if (chosen.length === 0) return [`${name} reads nothing`];
  const lines = chosen.slice(0, PIECES_SHOWN).map(({ number, piece }) => {
    const which = count === 1 ? '' : `, piece ${String(number)} of ${String(count)}`;
    return `${name}${which}: ${rangeOf(piece)} "${printable(piece.path)}"`;
  });
  const more = chosen.length - lines.length;
  if (more > 0) lines.push(`${name}: and ${String(more)} more, in this order`);
  return lines;
}

/** `reduce-00000 of job-0007: merged from the map output in "/shared/jobs/job-0007/map"` */
export function describePartition(
  { job, task }: Pick<TaskInput, 'job' | 'task'>,
  { job_directory: directory }: ReduceSource,
): string {
  return `${task} of ${job}: merged from the map output in "${printable(directory)}/map"`;
}

function rangeOf({ start, length, compression }: Piece): string {
  if (compression !== null) return 'all of the decompressed';
  return `bytes ${String(start)} to ${String(start + length)} of`;
}
