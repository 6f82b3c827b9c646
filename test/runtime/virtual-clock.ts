import type { Clock } from '../../src/runtime/clock.ts';

/** A clock that stands still until it is moved. Timers and socket reads run in order. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];
  #afterSockets: (() => void)[] = [];
  /** Stands for reading the sockets: runs once between a timer and what waits for sockets. */
  onSocketsRead: () => void = () => undefined;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  afterSockets(callback: () => void): void {
    this.#afterSockets.push(callback);
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** Lets time pass, with every timer on its dot. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (let due = this.#nextBy(endMs); due; due = this.#nextBy(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.#fire(due);
    }
    this.#nowMs = endMs;
  }

  /** The process stands still: time passes and no timer fires until it is over. */
  standStill(forMs: number): void {
    this.#nowMs += forMs;
    for (let due = this.#nextBy(this.#nowMs); due; due = this.#nextBy(this.#nowMs)) this.#fire(due);
  }

  #nextBy(endMs: number): { atMs: number; callback: () => void } | undefined {
    return this.#timers
      .filter((timer) => timer.atMs <= endMs)
      .toSorted((a, b) => a.atMs - b.atMs)[0];
  }

  #fire(timer: { atMs: number; callback: () => void }): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    timer.callback();
    do {
      this.onSocketsRead();
      const callbacks = this.#afterSockets;
      this.#afterSockets = [];
      for (const callback of callbacks) callback();
    } while (this.#afterSockets.length > 0);
  }
}
