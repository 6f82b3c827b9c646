import type { Random } from './random.ts';

/**
 * Draws ranks 0 to `count` - 1 so that rank i comes with a weight of 1 / (i + 1)^`exponent`, each
 * draw in constant time, by Walker's alias method (Vose's way of building the table).
 *
 * Source: Vose, "A linear algorithm for generating random numbers with a given distribution" (1991).
 */
export class Zipf {
  readonly #count: number;
  readonly #keep: Float32Array;
  readonly #alias: Uint32Array;

  constructor(count: number, exponent: number) {
    this.#count = count;
    this.#keep = new Float32Array(count).fill(1);
    this.#alias = Uint32Array.from({ length: count }, (_, index) => index);
    this.#build(exponent);
  }

  draw(random: Random): number {
    // One number decides twice: its whole part is the column, what is left says which of the two.
    const place = (random.next() / 0x1_0000_0000) * this.#count;
    const column = Math.floor(place);
    return place - column < (this.#keep[column] ?? 0) ? column : (this.#alias[column] ?? 0);
  }

  #build(exponent: number): void {
    const count = this.#count;
    const weights = Float64Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const shares = weights.map((weight) => (weight * count) / sum);
    const poor: number[] = [];
    const rich: number[] = [];
    shares.forEach((share, index) => (share < 1 ? poor : rich).push(index));
    for (;;) {
      const short = poor.pop();
      const long = rich.pop();
      if (short === undefined || long === undefined) return;
      const share = shares[short] ?? 0;
      this.#keep[short] = share;
      this.#alias[short] = long;
      const left = (shares[long] ?? 0) + share - 1;
      shares[long] = left;
      (left < 1 ? poor : rich).push(long);
    }
  }
}
