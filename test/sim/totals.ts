/** What simulations have gone through so far: faults, transitions, events. */
export class Totals {
  seeds = 0;
  events = 0;
  readonly faults = new Map<string, number>();
  readonly transitions = new Map<string, number>();

  fault(kind: string, times = 1): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + times);
  }

  transition(name: string, times = 1): void {
    this.transitions.set(name, (this.transitions.get(name) ?? 0) + times);
  }

  /** @param other may come from another thread */
  add(other: Pick<Totals, 'seeds' | 'events' | 'faults' | 'transitions'>): void {
    this.seeds += other.seeds;
    this.events += other.events;
    for (const [kind, times] of other.faults) this.fault(kind, times);
    for (const [name, times] of other.transitions) this.transition(name, times);
  }
}
