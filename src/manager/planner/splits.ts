import { JOB_DEFAULTS } from '../../protocol/job-spec.ts';
import type { Piece } from '../../protocol/manager-orders.ts';
import { utf8Bytes } from '../../protocol/utf8-bytes.ts';

/** How big splits are, and why. */
export interface SplitChoice {
  readonly splitBytes: number;
  readonly reason: string;
}

export interface SplitWishes {
  /** A rule: exactly so big. */
  readonly splitBytes: number | undefined;
  /** A hint: about so many map tasks. */
  readonly mapsHint: number | undefined;
  /** Slots of the cluster now; 0 when there is no Worker yet. */
  readonly slots: number;
}

/** Below this, starting a process costs more than reading its input. */
const SPLIT_BYTES_MIN = 1024;
const TASKS_PER_SLOT = 2;
/** Bounds of one task, so that its message stays well under the size limit. */
export const PIECES_PER_TASK_MAX = 1_000;
export const PATH_BYTES_PER_TASK_MAX = 256 * 1024;
const REDUCE_BYTES_MIN = 32 * 1024 * 1024;

/** The size of splits: what was asked for, else 64 MiB, or less so that every slot gets two tasks. */
export function chooseSplitBytes(inputBytes: number, wishes: SplitWishes): SplitChoice {
  if (wishes.splitBytes !== undefined) {
    return { splitBytes: wishes.splitBytes, reason: 'as asked for' };
  }
  if (wishes.mapsHint !== undefined) {
    const splitBytes = Math.max(1, Math.ceil(inputBytes / Math.max(1, wishes.mapsHint)));
    return { splitBytes, reason: `for about ${String(wishes.mapsHint)} map tasks` };
  }
  const tasks = TASKS_PER_SLOT * Math.max(1, wishes.slots);
  const share = Math.max(SPLIT_BYTES_MIN, Math.ceil(inputBytes / tasks));
  if (share >= JOB_DEFAULTS.splitBytes) {
    return { splitBytes: JOB_DEFAULTS.splitBytes, reason: 'the default' };
  }
  const slots = wishes.slots > 0 ? `${String(wishes.slots)} slots` : 'the first slot';
  return { splitBytes: share, reason: `so that ${slots} get ${String(TASKS_PER_SLOT)} tasks each` };
}

/** As many reduce tasks as slots, at most one for every 32 MiB of input, at least one. */
export function chooseReduces(
  inputBytes: number,
  asked: number | undefined,
  slots: number,
): { reduces: number; reason: string } {
  if (asked === 0) return { reduces: 0, reason: 'map-only, as asked for' };
  if (asked !== undefined) return { reduces: asked, reason: 'as asked for' };
  const bySize = Math.max(1, Math.floor(inputBytes / REDUCE_BYTES_MIN));
  if (bySize < slots) return { reduces: bySize, reason: 'one for every 32 MiB of input' };
  if (slots < 1) return { reduces: 1, reason: 'no Worker is registered yet' };
  return { reduces: slots, reason: slots === 1 ? 'there is one slot' : 'one for each slot' };
}

/**
 * Shares out pieces to tasks in input order: small ones together until they are as big as a split.
 * A new task begins whenever a piece would not fit.
 */
export class TaskPacker {
  readonly #splitBytes: number;
  readonly #tasks: (readonly Piece[])[] = [];
  #pieces: Piece[] = [];
  #bytes = 0;
  #pathBytes = 0;

  constructor(splitBytes: number) {
    this.#splitBytes = splitBytes;
  }

  get tasks(): number {
    return this.#tasks.length + (this.#pieces.length > 0 ? 1 : 0);
  }

  add(piece: Piece): void {
    const pathBytes = utf8Bytes(JSON.stringify(piece.path));
    const full =
      this.#bytes + piece.length > this.#splitBytes ||
      this.#pieces.length >= PIECES_PER_TASK_MAX ||
      this.#pathBytes + pathBytes > PATH_BYTES_PER_TASK_MAX;
    if (full) this.#endTask();
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    this.#pathBytes += pathBytes;
  }

  finish(): readonly (readonly Piece[])[] {
    this.#endTask();
    return this.#tasks;
  }

  #endTask(): void {
    if (this.#pieces.length === 0) return;
    // Without the room to grow that it has: of lists of one piece there may be very many.
    this.#tasks.push(this.#pieces.slice());
    this.#pieces = [];
    this.#bytes = 0;
    this.#pathBytes = 0;
  }
}

/** The first multiple of the split size after `from`: where the next piece should begin. */
export function nextBoundary(from: number, splitBytes: number): number {
  return (Math.floor(from / splitBytes) + 1) * splitBytes;
}
