import type { RegisterAck } from '../../protocol/manager-orders.ts';

/** `stale`: an earlier life of the Manager that a later one has replaced. */
export type Acquaintance = 'first' | 'same' | 'other_cluster' | 'stale';

/** Which cluster this Worker's attempts belong to, and the latest life of its Manager. */
export class KnownCluster {
  #clusterId: string | null = null;
  #epoch = 0;

  /** Null before the first registration. */
  get clusterId(): string | null {
    return this.#clusterId;
  }

  /** Highest epoch seen of this cluster. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Judges a Manager's answer and remembers it unless it is stale. */
  meet(ack: Pick<RegisterAck, 'cluster_id' | 'epoch'>): Acquaintance {
    const before = this.#clusterId;
    if (before === ack.cluster_id && ack.epoch < this.#epoch) return 'stale';
    this.#clusterId = ack.cluster_id;
    this.#epoch = ack.epoch;
    if (before === null) return 'first';
    return before === ack.cluster_id ? 'same' : 'other_cluster';
  }
}
