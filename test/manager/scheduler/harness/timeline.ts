interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
}

/** Virtual time: actions happen in order of time, those of one moment in the order they were planned. */
export class Timeline {
  nowMs = 0;
  #planned: Planned[] = [];
  #order = 0;

  at(atMs: number, action: () => void): void {
    const planned = { atMs: Math.max(atMs, this.nowMs), order: this.#order, action };
    this.#order += 1;
    let low = 0;
    let high = this.#planned.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(planned, this.#planned[middle])) low = middle + 1;
      else high = middle;
    }
    this.#planned.splice(low, 0, planned);
  }

  after(delayMs: number, action: () => void): void {
    this.at(this.nowMs + delayMs, action);
  }

  get nextMs(): number | undefined {
    return this.#planned.at(-1)?.atMs;
  }

  /** Moves on to the next action and does it. */
  doNext(): void {
    const next = this.#planned.pop();
    if (!next) return;
    this.nowMs = next.atMs;
    next.action();
  }
}

/** The list is kept latest first, so that the next one is popped. */
function isBefore(planned: Planned, other: Planned | undefined): boolean {
  if (!other) return false;
  return planned.atMs === other.atMs ? planned.order < other.order : planned.atMs < other.atMs;
}
