/** How long back the rate looks: long enough to be calm, short enough to notice a stall. */
const WINDOW_MS = 10_000;

/** Bytes per second over the last seconds, from snapshots of how much is done. */
export class RateMeter {
  readonly #samples: { readonly bytes: number; readonly atMs: number }[] = [];

  /** Takes a snapshot. Fewer bytes than before (work was lost) start the measurement anew. */
  add(bytes: number, atMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && bytes < last.bytes) this.#samples.length = 0;
    this.#samples.push({ bytes, atMs });
    while (this.#samples.length > 2 && (this.#samples[0]?.atMs ?? atMs) < atMs - WINDOW_MS) {
      this.#samples.shift();
    }
  }

  /** Undefined until two snapshots lie apart in time. */
  bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
    return ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs);
  }

  /** Milliseconds until `total` at the present rate; undefined while nothing moves. */
  remainingMs(totalBytes: number): number | undefined {
    const rate = this.bytesPerSecond();
    const done = this.#samples.at(-1)?.bytes;
    if (rate === undefined || rate <= 0 || done === undefined) return undefined;
    return (Math.max(0, totalBytes - done) / rate) * 1000;
  }
}
