import type { Piece } from '../../protocol/manager-orders.ts';
import { assert } from '../../runtime/assert.ts';
import type { MapPieces } from './plan.ts';

/** A file as it was planned. */
type PlannedFile = Omit<Piece, 'start' | 'length'>;

/** Columns of a piece: which file, from which byte on, how many bytes. */
const COLUMNS = 3;

/**
 * What each map task of a job reads, in rows of numbers: there may be hundreds of thousands, which
 * as objects would be most of what a Manager holds until the job ends.
 */
export class MapInputs {
  readonly #files: PlannedFile[] = [];
  /** Of each task the number of its first piece, and at the end how many there are. */
  readonly #firsts: Uint32Array;
  readonly #rows: Float64Array;

  /** @param tasks the pieces of each, in input order */
  constructor(tasks: MapPieces) {
    this.#firsts = new Uint32Array(tasks.length + 1);
    this.#rows = new Float64Array(tasks.reduce((sum, pieces) => sum + pieces.length, 0) * COLUMNS);
    let count = 0;
    for (const [index, pieces] of tasks.entries()) {
      for (const piece of pieces) {
        const { start, length } = piece;
        this.#rows.set([this.#numberOf(piece), start, length], COLUMNS * count);
        count += 1;
      }
      this.#firsts[index + 1] = count;
    }
  }

  /** How many tasks there are. */
  get length(): number {
    return this.#firsts.length - 1;
  }

  /** What a task reads. */
  of(task: number): Piece[] {
    const first = this.#firsts[task] ?? 0;
    return Array.from({ length: this.piecesOf(task) }, (_, index) => this.#piece(first + index));
  }

  piecesOf(task: number): number {
    return (this.#firsts[task + 1] ?? 0) - (this.#firsts[task] ?? 0);
  }

  #piece(number: number): Piece {
    const at = COLUMNS * number;
    const [start, length] = [this.#rows[at + 1] ?? 0, this.#rows[at + 2] ?? 0];
    const file = this.#files[this.#rows[at] ?? 0];
    assert(file !== undefined, () => `There is no piece ${String(number)}`);
    const { path, file_bytes, inode, mtime_ms, compression } = file;
    return { path, start, length, file_bytes, inode, mtime_ms, compression };
  }

  /** Pieces of one file follow each other. */
  #numberOf({ path, file_bytes, inode, mtime_ms, compression }: Piece): number {
    const last = this.#files.at(-1);
    const isLast =
      last?.path === path &&
      last.file_bytes === file_bytes &&
      last.inode === inode &&
      last.mtime_ms === mtime_ms &&
      last.compression === compression;
    if (!isLast) this.#files.push({ path, file_bytes, inode, mtime_ms, compression });
    return this.#files.length - 1;
  }
}
