import { LineFilter } from '../../inputs/line-filter.ts';
import type { ReadingPlace } from '../../inputs/piece-reader.ts';
import type { LineSelection, NewMapTask, Piece } from '../../protocol/manager-orders.ts';
import type { AttemptStatistics, LinesSeen, OutputFile } from '../../protocol/worker-messages.ts';
import type { ByteSource } from '../program/input-feed.ts';
import type { Attempt } from './attempt.ts';
import { filterPiece, type Filtering, type PieceTotals } from './filtered-piece.ts';
import { LeftOutLines } from './left-out-lines.ts';

const LINE_FEED = 0x0a;
const NEWLINE = Uint8Array.of(LINE_FEED);

type Blocks = AsyncGenerator<Uint8Array, void, undefined>;

/**
 * The input of a map that gives its mappers only some of its lines (`--skip-bad-records`). Whatever
 * its size, it goes through this thread.
 */
export class SelectedInput {
  readonly #pieces: readonly Piece[];
  readonly #attempt: Attempt;
  readonly #selection: LineSelection;
  readonly #filtering: Filtering;
  readonly #totals: PieceTotals = { bytes: 0, ignoredBytes: 0 };
  readonly #leftOut: LeftOutLines | undefined;
  #path = '';

  constructor(order: NewMapTask, selection: LineSelection, attempt: Attempt, place: ReadingPlace) {
    const { except, probe, count } = selection;
    this.#pieces = order.pieces;
    this.#attempt = attempt;
    this.#selection = selection;
    const leftOut = probe || except.length === 0 ? undefined : new LeftOutLines(order, except);
    this.#leftOut = leftOut;
    attempt.whenDiscarded(() => leftOut?.close());
    this.#filtering = {
      place,
      filter: new LineFilter(rangeOf(selection), (part) => leftOut?.add(part, this.#path)),
      toEnd: !probe || count,
      onTurn: () => attempt.throwIfKilled(),
    };
  }

  get statistics(): Pick<
    AttemptStatistics,
    'input_bytes' | 'input_records' | 'ignored_input_bytes'
  > {
    return {
      input_bytes: this.#totals.bytes,
      input_records: this.#filtering.filter.passed,
      ignored_input_bytes: this.#totals.ignoredBytes,
    };
  }

  /** Once all is read. */
  get seen(): LinesSeen {
    return { total: this.#selection.count ? this.#filtering.filter.lines : null, last: null };
  }

  /** Once all is read: the files of what was left out. */
  finish(): readonly OutputFile[] {
    return this.#leftOut?.finish() ?? [];
  }

  /**
   * Each piece for a mapper of its own, as without a selection: one of which every line is left out
   * has its mapper too. Only of a probe, pieces beyond the selection have none.
   */
  async readEach(
    use: (source: ByteSource, piece: Piece) => Promise<void>,
    between: () => Promise<void> | undefined,
  ): Promise<void> {
    let mappers = 0;
    for (const piece of this.#pieces) {
      if (!this.#wantsMore) return;
      const blocks = this.#open(piece);
      try {
        const first = await this.#firstOf(blocks);
        const isMapped = first !== 'none';
        if (isMapped && mappers > 0) await between();
        if (isMapped) await use(sourceOf(blocks, first), piece);
        mappers += Number(isMapped);
        // A mapper may have stopped reading before its end.
        while ((await blocks.next()).done !== true) this.#attempt.throwIfKilled();
      } finally {
        await blocks.return();
      }
    }
  }

  /** All pieces for one mapper. */
  async readTogether(use: (source: ByteSource) => Promise<void>): Promise<void> {
    const blocks = this.#joined();
    try {
      await use(sourceOf(blocks, undefined));
      while ((await blocks.next()).done !== true) this.#attempt.throwIfKilled();
    } finally {
      await blocks.return();
    }
  }

  /** A newline comes between two pieces that would glue their lines together. */
  async *#joined(): Blocks {
    let lastByte = LINE_FEED;
    for (const piece of this.#pieces) {
      if (!this.#wantsMore) return;
      let mustEndLine = lastByte !== LINE_FEED;
      for await (const block of this.#open(piece)) {
        if (mustEndLine) yield NEWLINE;
        mustEndLine = false;
        lastByte = block.at(-1) ?? lastByte;
        yield block;
      }
    }
  }

  /**
   * Whether a mapper is to run, and on what at first: of a sample, pieces before it are passed over
   * and which these are shows only when they are read.
   */
  async #firstOf(blocks: Blocks): Promise<Uint8Array | 'none' | undefined> {
    const { filter } = this.#filtering;
    const { from, probe } = this.#selection;
    if (probe && filter.isPast) return 'none';
    if (filter.lines >= from) return undefined;
    const { value, done } = await blocks.next();
    return done === true ? 'none' : value;
  }

  get #wantsMore(): boolean {
    return this.#filtering.toEnd || !this.#filtering.filter.isPast;
  }

  async *#open(piece: Piece): Blocks {
    const { progress } = this.#attempt;
    const { path, start, length } = piece;
    this.#attempt.input = { path, start, length };
    this.#path = path;
    for await (const block of filterPiece(piece, this.#filtering, this.#totals)) {
      progress.bytesRead = this.#totals.bytes;
      yield block;
    }
  }
}

/** Gives blocks one by one, and none once they are wanted no more. */
function sourceOf(blocks: Blocks, first: Uint8Array | undefined): ByteSource {
  let held = first;
  return async () => {
    const block = held ?? (await blocks.next()).value ?? undefined;
    held = undefined;
    return block;
  };
}

/** Of an attempt that has failed: where the last line of its selection is, and how many there are. */
export async function lookAtLines(
  pieces: readonly Piece[],
  selection: LineSelection,
  { place, attempt }: { readonly place: ReadingPlace; readonly attempt: Attempt },
): Promise<LinesSeen> {
  const line = selection.to - 1;
  let path = '';
  let last: LinesSeen['last'] = null;
  const filter = new LineFilter({ from: 0, to: selection.to, except: [line] }, (part) => {
    last = { path, offset: part.offset, length: (last?.length ?? 0) + part.bytes.length };
  });
  const toEnd = selection.count;
  const filtering = { place, filter, toEnd, onTurn: () => attempt.throwIfKilled() };
  for (const piece of pieces) {
    if (!toEnd && filter.isPast) break;
    path = piece.path;
    const blocks = filterPiece(piece, filtering, { bytes: 0, ignoredBytes: 0 });
    while ((await blocks.next()).done !== true) attempt.throwIfKilled();
  }
  return { total: selection.count ? filter.lines : null, last };
}

function rangeOf({ from, to, except }: LineSelection): ConstructorParameters<typeof LineFilter>[0] {
  return { from, to, except: except.map(({ line }) => line) };
}
