/** What to do with one more event of a peer. */
export interface RateDecision {
  readonly allowed: boolean;
  /** Events of this peer that were held back since the last allowed one. */
  readonly heldBack: number;
}

/**
 * Lets a few events of each peer through per interval, so that a peer cannot fill the log.
 * Remembers a bounded number of peers; among more than that the oldest is forgotten.
 */
export class RateLimit {
  readonly #eventsMax: number;
  readonly #intervalMs: number;
  readonly #peersMax: number;
  readonly #peers = new Map<string, { startedMs: number; events: number; heldBack: number }>();

  constructor(eventsMax = 5, intervalMs = 60_000, peersMax = 1024) {
    this.#eventsMax = eventsMax;
    this.#intervalMs = intervalMs;
    this.#peersMax = peersMax;
  }

  /** @param peer without its port: one machine has many */
  take(peer: string, nowMs: number): RateDecision {
    const known = this.#peers.get(peer);
    if (known === undefined || nowMs - known.startedMs >= this.#intervalMs) {
      this.#peers.delete(peer);
      this.#peers.set(peer, { startedMs: nowMs, events: 1, heldBack: 0 });
      this.#forgetOldest();
      return { allowed: true, heldBack: known?.heldBack ?? 0 };
    }
    if (known.events < this.#eventsMax) {
      known.events++;
      return { allowed: true, heldBack: 0 };
    }
    known.heldBack++;
    return { allowed: false, heldBack: known.heldBack };
  }

  #forgetOldest(): void {
    const [oldest] = this.#peers.keys();
    if (oldest !== undefined && this.#peers.size > this.#peersMax) this.#peers.delete(oldest);
  }
}
