import { compareBytes } from '../compare-bytes.ts';
import type { ValueSink } from '../group-cursor.ts';
import type { Fold, FoldFactory } from './fold.ts';
import { NumberText } from './number-text.ts';

/**
 * The smallest or largest value of a key: by number when every value is one, else by bytes. Exact
 * for numbers of any size. Of equal numbers (`1`, `01`, `1.0`) it is the smaller by bytes, so the
 * result is the same however values are grouped on the way. A record without a value is no number
 * and comes before every value.
 *
 * A combiner cannot know yet which rule holds in the end, so it keeps what may win under either: up
 * to two of the values it was given, in byte order.
 */
export function extreme(which: 'min' | 'max', role: 'combiner' | 'reducer'): FoldFactory {
  const sign = which === 'min' ? 1 : -1;
  return (sink) => new ExtremeFold(sink, sign, role === 'combiner');
}

class ExtremeFold implements Fold {
  readonly #sink: ValueSink;
  /** Turns the comparison of numbers, and of bytes, over for the largest. */
  readonly #sign: 1 | -1;
  readonly #keepsBoth: boolean;
  readonly #byNumber = new KeptValue();
  readonly #byBytes = new KeptValue();
  /** Some value that is no number: proof that bytes decide. */
  readonly #noNumber = new KeptValue();
  #hasBare = false;
  readonly #number = new NumberText();

  constructor(sink: ValueSink, sign: 1 | -1, keepsBoth: boolean) {
    this.#sink = sink;
    this.#sign = sign;
    this.#keepsBoth = keepsBoth;
  }

  begin(): void {
    this.#byNumber.isEmpty = true;
    this.#byBytes.isEmpty = true;
    this.#noNumber.isEmpty = true;
    this.#hasBare = false;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const byBytes = this.#byBytes;
    if (byBytes.isEmpty || byBytes.compare(bytes, start, end) * this.#sign > 0) {
      byBytes.keep(bytes, start, end);
    }
    if (!this.#noNumber.isEmpty) return;
    if (!this.#number.read(bytes, start, end)) this.#noNumber.keep(bytes, start, end);
    else if (this.#isBetterNumber(bytes, start, end)) this.#byNumber.keep(bytes, start, end);
  }

  addBare(): void {
    this.#hasBare = true;
  }

  finish(): void {
    if (!this.#hasBare && this.#noNumber.isEmpty) {
      if (this.#keepsBoth) this.#giveTwo(this.#byNumber, this.#byBytes);
      else this.#byNumber.giveTo(this.#sink);
    } else if (this.#byBytes.isEmpty || (this.#hasBare && this.#sign > 0)) {
      this.#sink.bare(1);
    } else if (this.#keepsBoth) {
      this.#giveWithProof();
    } else {
      this.#byBytes.giveTo(this.#sink);
    }
  }

  #isBetterNumber(bytes: Uint8Array, start: number, end: number): boolean {
    const best = this.#byNumber;
    if (best.isEmpty) return true;
    const order = this.#number.compare(best.number) * this.#sign;
    return order < 0 || (order === 0 && best.compare(bytes, start, end) > 0);
  }

  #giveWithProof(): void {
    if (this.#hasBare) {
      this.#sink.bare(1);
      this.#byBytes.giveTo(this.#sink);
    } else if (this.#byBytes.isNumber) {
      this.#giveTwo(this.#noNumber, this.#byBytes);
    } else {
      this.#byBytes.giveTo(this.#sink);
    }
  }

  /** In byte order, as a job that sorts values needs them; the same one once. */
  #giveTwo(one: KeptValue, other: KeptValue): void {
    const order = one.compareTo(other);
    const [first, second] = order <= 0 ? [one, other] : [other, one];
    first.giveTo(this.#sink);
    if (order !== 0) second.giveTo(this.#sink);
  }
}

/** A copy of a value. The memory is kept for the next one. */
class KeptValue {
  isEmpty = true;
  isNumber = false;
  readonly number = new NumberText();
  #bytes = new Uint8Array(64);
  #length = 0;

  keep(bytes: Uint8Array, start: number, end: number): void {
    this.#length = end - start;
    if (this.#length > this.#bytes.length) this.#bytes = new Uint8Array(this.#length);
    this.#bytes.set(bytes.subarray(start, end));
    this.isEmpty = false;
    this.isNumber = this.number.read(this.#bytes, 0, this.#length);
  }

  /** Order of this value and `bytes[start, end)`. */
  compare(bytes: Uint8Array, start: number, end: number): number {
    return compareBytes(this.#bytes, 0, this.#length, bytes, start, end);
  }

  compareTo(other: KeptValue): number {
    return this.compare(other.#bytes, 0, other.#length);
  }

  giveTo(sink: ValueSink): void {
    sink.value(this.#bytes, 0, this.#length, 1);
  }
}
