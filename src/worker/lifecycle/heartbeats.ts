/** When the next heartbeat is due, and whether UDP is known to reach the Manager. */
export class Heartbeats {
  #number = 0;
  #intervalMs = 0;
  #dueAtMs: number | undefined;
  #udpConfirmed = false;

  /** Until UDP is confirmed every heartbeat goes over TCP too. */
  get udpConfirmed(): boolean {
    return this.#udpConfirmed;
  }

  get dueAtMs(): number | undefined {
    return this.#dueAtMs;
  }

  /** Registered: the first heartbeat is due at once, so that UDP is tried early. */
  begin(intervalMs: number, udpConfirmed: boolean, nowMs: number): void {
    this.#intervalMs = intervalMs;
    this.#udpConfirmed = udpConfirmed;
    this.#dueAtMs = nowMs;
  }

  confirmUdp(udpConfirmed: boolean): void {
    this.#udpConfirmed = udpConfirmed;
  }

  /** The connection is gone: the Manager would not believe a heartbeat without one. */
  end(): void {
    this.#dueAtMs = undefined;
  }

  /** The number of the heartbeat that is due now, or undefined; numbers run on for ever. */
  take(nowMs: number): number | undefined {
    if (this.#dueAtMs === undefined || nowMs < this.#dueAtMs) return undefined;
    const nextMs = this.#dueAtMs + this.#intervalMs;
    this.#dueAtMs = nextMs > nowMs ? nextMs : nowMs + this.#intervalMs;
    this.#number += 1;
    return this.#number;
  }
}
