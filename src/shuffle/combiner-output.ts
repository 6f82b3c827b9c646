import { CombinerKeyError } from './combiner.ts';
import { compareBytes } from './compare-bytes.ts';
import type { GroupCursor, GroupSink } from './group-cursor.ts';
import { KeyFinder, LINE_FEED } from './key-finder.ts';
import { PartialLine } from './partial-line.ts';
import { quoteBytes } from './quote-bytes.ts';
import type { RecordShape } from './record-shape.ts';
import { RecordTooLongError } from './record-too-long-error.ts';

/**
 * Takes what a combiner program writes for one partition, checks its keys against those it was given
 * and hands the records on. The block of the run must have been begun.
 */
export class CombinerOutput {
  readonly #groups: GroupSink;
  readonly #keys: GroupCursor;
  readonly #finder: KeyFinder;
  readonly #partial: PartialLine;
  readonly #maxRecordBytes: number;
  /** Whether {@link #keys} stands on the key of a group that has begun. */
  #isInGroup = false;

  /** `keys` is a fresh walk over the keys that the program is given. */
  constructor(groups: GroupSink, keys: GroupCursor, shape: RecordShape, maxRecordBytes: number) {
    this.#groups = groups;
    this.#keys = keys;
    this.#finder = new KeyFinder(shape);
    this.#partial = new PartialLine(maxRecordBytes);
    this.#maxRecordBytes = maxRecordBytes;
  }

  /** @throws {CombinerKeyError | RecordTooLongError} */
  accept(chunk: Uint8Array): void {
    let from = 0;
    if (!this.#partial.isEmpty) {
      from = this.#partial.complete(chunk);
      if (from < 0) return;
      this.#takeLines(this.#partial.bytes, 0);
      this.#partial.clear();
    }
    const rest = this.#takeLines(chunk, from);
    if (rest < chunk.length) this.#partial.append(chunk, rest, chunk.length);
  }

  /** A last line without a newline is complete too. */
  finish(): void {
    if (!this.#partial.isEmpty) {
      this.#partial.terminate();
      this.#takeLines(this.#partial.bytes, 0);
    }
    if (this.#isInGroup) this.#groups.endGroup();
  }

  #takeLines(chunk: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      const keyEnd = this.#finder.find(chunk, at, chunk.length);
      const lineEnd = chunk.indexOf(LINE_FEED, keyEnd);
      if (lineEnd < 0) return at;
      if (lineEnd - at > this.#maxRecordBytes) {
        throw new RecordTooLongError(this.#maxRecordBytes, chunk, at);
      }
      this.#moveTo(chunk, at, keyEnd);
      if (keyEnd === lineEnd) this.#groups.bare(1);
      else this.#groups.value(chunk, this.#finder.valueStart(keyEnd, lineEnd), lineEnd, 1);
      at = lineEnd + 1;
    }
  }

  /** Makes the key `chunk[start, end)` the current group. */
  #moveTo(chunk: Uint8Array, start: number, end: number): void {
    let order = this.#isInGroup ? this.#orderTo(chunk, start, end) : -1;
    if (order === 0) return;
    if (order > 0) throw new CombinerKeyError(quoteBytes(chunk, start, end), 'unsorted');
    if (this.#isInGroup) this.#groups.endGroup();
    this.#isInGroup = true;
    while (order < 0 && this.#keys.nextGroup()) order = this.#orderTo(chunk, start, end);
    if (order !== 0) throw new CombinerKeyError(quoteBytes(chunk, start, end), 'changed');
    const { keyBytes, keyStart, keyEnd } = this.#keys;
    this.#groups.beginGroup(keyBytes, keyStart, keyEnd);
  }

  #orderTo(chunk: Uint8Array, start: number, end: number): number {
    const { keyBytes, keyStart, keyEnd } = this.#keys;
    return compareBytes(keyBytes, keyStart, keyEnd, chunk, start, end);
  }
}
