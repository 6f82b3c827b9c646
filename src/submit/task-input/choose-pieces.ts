import { resolve } from 'node:path';
import type { Piece } from '../../protocol/manager-orders.ts';
import type { MapSource } from '../../protocol/manager-replies.ts';
import { UserError } from '../../runtime/user-error.ts';
import { humanCountOf } from '../reports/human.ts';

/** What the user picks of a task with several pieces. */
export interface PieceWish {
  /** Counted from 1. */
  readonly piece: number | undefined;
  /** Relative to the user's directory. */
  readonly file: string | undefined;
}

/** A piece with its place among the task's, counted from 1. */
export interface NumberedPiece {
  readonly number: number;
  readonly piece: Piece;
}

/**
 * The pieces that are wanted, in the order in which the task reads them: those that were asked for,
 * else the one at which the named attempt failed, else all.
 * @param task its name, for errors
 * @throws UserError when the task has no such piece
 */
export function choosePieces(
  source: MapSource,
  task: string,
  wish: PieceWish,
  directory: string,
): readonly NumberedPiece[] {
  const all = source.pieces.map((piece, index) => ({ number: index + 1, piece }));
  const { piece: number, file } = wish;
  if (number !== undefined) {
    const chosen = all.filter((each) => each.number === number);
    if (chosen.length > 0) return chosen;
    const count = humanCountOf(all.length, 'piece');
    throw new UserError(`Cannot find piece ${String(number)} of ${task}: it reads ${count}`);
  }
  if (file !== undefined) {
    const path = resolve(directory, file);
    const chosen = all.filter(({ piece }) => piece.path === path);
    if (chosen.length > 0) return chosen;
    const first = all[0] === undefined ? 'nothing' : `"${all[0].piece.path}"`;
    const others = all.length > 1 ? ` and ${String(all.length - 1)} more` : '';
    throw new UserError(`Cannot find "${path}" among what ${task} reads: ${first}${others}`);
  }
  const { failed_at: at } = source;
  const failed = all.filter(
    ({ piece }) =>
      piece.path === at?.path && piece.start === at.start && piece.length === at.length,
  );
  return failed.length > 0 ? failed.slice(0, 1) : all;
}
