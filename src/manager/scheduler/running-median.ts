/** Numbers in one bucket differ by 2 % at most. */
const BUCKETS_PER_DOUBLING = 32;

/**
 * The median of numbers that come one by one, to within 2 %. They are counted in buckets of equal
 * ratio, so that neither the time for one more nor the room grows with how many there were.
 */
export class RunningMedian {
  readonly #counts = new Map<number, number>();
  #count = 0;
  /** The bucket that holds the median, and how many numbers lie below it. */
  #at = 0;
  #below = 0;

  get count(): number {
    return this.#count;
  }

  /** 0 when there was no number. */
  get value(): number {
    return this.#count === 0 ? 0 : 2 ** (this.#at / BUCKETS_PER_DOUBLING);
  }

  /** Numbers below 1 count as 1. */
  add(value: number): void {
    const bucket = Math.round(BUCKETS_PER_DOUBLING * Math.log2(Math.max(1, value)));
    if (this.#count === 0) this.#at = bucket;
    this.#counts.set(bucket, this.#in(bucket) + 1);
    this.#count += 1;
    if (bucket < this.#at) this.#below += 1;
    this.#settle();
  }

  /** One more number moves the median by one number at most. */
  #settle(): void {
    const rank = (this.#count - 1) >> 1;
    while (rank < this.#below) {
      this.#at -= 1;
      this.#below -= this.#in(this.#at);
    }
    while (rank >= this.#below + this.#in(this.#at)) {
      this.#below += this.#in(this.#at);
      this.#at += 1;
    }
  }

  #in(bucket: number): number {
    return this.#counts.get(bucket) ?? 0;
  }
}
