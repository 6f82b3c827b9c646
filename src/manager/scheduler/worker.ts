import type { AttemptRef } from '../../protocol/ids.ts';
import { attemptKey } from '../../protocol/ids.ts';
import type { ManagerOrder } from '../../protocol/manager-orders.ts';
import type { Register } from '../../protocol/worker-messages.ts';
import type { ConnectionId } from './events.ts';
import type { Attempt } from './task.ts';

/** An order as the scheduler words it; the Worker's record adds number and epoch. */
export type OrderBody = ManagerOrder extends infer Order
  ? Order extends { number: number }
    ? Omit<Order, 'number' | 'epoch'>
    : never
  : never;

/** One incarnation of a Worker, as the Manager knows it. */
export class WorkerRecord {
  readonly id: string;
  readonly nonce: string;
  readonly slots: number;
  readonly address: string;
  /** Undefined while its connection is gone and the grace runs. */
  connection: ConnectionId | undefined;
  connectionLostAtMs = 0;
  /** It has said that it sees the shared directory (`problem` null) or why not; undefined: not yet. */
  ready: { readonly problem: string | null } | undefined;
  /** `shutdown` was sent. */
  toldToStop = false;
  /** What it has, by `attemptKey`; cancelled attempts stay until their end is known. */
  readonly attempts = new Map<string, Attempt>();
  lastSignOfLifeMs: number;
  registeredAtMs: number;
  /** Highest number of its messages that came. */
  received = 0;
  /** Received but not yet acknowledged, since when. */
  acknowledgementDueMs: number | undefined;
  /** Number of the last heartbeat by UDP; the same one comes over TCP too until UDP is confirmed. */
  datagramNumber = 0;
  udpConfirmed = false;
  udpWarned = false;
  /** Orders not acknowledged by a heartbeat: numbers and when they were sent, oldest first. */
  unacknowledged: { readonly number: number; readonly sentAtMs: number }[] = [];
  /** It says to have sent up to `number`, which has not come, since `sinceMs`. */
  behind: { readonly number: number; readonly sinceMs: number } | undefined;
  unfitInARow = 0;
  pausedUntilMs = 0;
  pauseReason = '';
  /** Jobs whose program is not to be had there. */
  readonly cannotStart = new Set<number>();
  readonly failuresByJob = new Map<number, number>();
  finished = 0;
  failed = 0;
  #lastOrder: number;

  constructor(message: Register, connection: ConnectionId, address: string, nowMs: number) {
    this.id = message.worker_id;
    this.nonce = message.nonce;
    this.slots = message.slots;
    this.address = address;
    this.connection = connection;
    this.lastSignOfLifeMs = nowMs;
    this.registeredAtMs = nowMs;
    this.#lastOrder = message.received;
  }

  /** Numbers an order; the caller sends it. */
  number(order: OrderBody, epoch: number, nowMs: number): ManagerOrder {
    this.#lastOrder += 1;
    this.unacknowledged.push({ number: this.#lastOrder, sentAtMs: nowMs });
    return { ...order, epoch, number: this.#lastOrder };
  }

  /** The Worker has received orders up to `number`. */
  acknowledge(number: number): void {
    const first = this.unacknowledged.findIndex((sent) => sent.number > number);
    this.unacknowledged = first < 0 ? [] : this.unacknowledged.slice(first);
  }

  attempt(ref: AttemptRef): Attempt | undefined {
    return this.attempts.get(attemptKey(ref));
  }

  add(attempt: Attempt): void {
    this.attempts.set(attemptKey(attempt.ref), attempt);
  }

  /** Its slot goes to what has waited longest, though `started` may be still to come. */
  remove(attempt: Attempt): void {
    this.attempts.delete(attemptKey(attempt.ref));
    const attempts = [...this.attempts.values()];
    let taken = attempts.filter((each) => !each.ahead).length;
    for (const waiting of attempts) {
      if (taken >= this.slots) return;
      if (!waiting.ahead || waiting.recalled || waiting.cancelled) continue;
      waiting.ahead = false;
      taken += 1;
    }
  }

  get freeSlots(): number {
    return this.slots - this.attempts.size;
  }

  /** Whether it could be given tasks at all, room aside. */
  canServe(nowMs: number): boolean {
    const sound = this.ready !== undefined && this.ready.problem === null;
    return sound && this.connection !== undefined && this.pausedUntilMs <= nowMs;
  }

  /** An attempt that must have the Worker to itself is here. */
  get isTakenAlone(): boolean {
    for (const attempt of this.attempts.values()) if (attempt.alone) return true;
    return false;
  }

  /** A pause of the Manager itself is nobody's silence. */
  forgive(pauseMs: number): void {
    this.lastSignOfLifeMs += pauseMs;
    this.registeredAtMs += pauseMs;
    this.connectionLostAtMs += pauseMs;
    this.unacknowledged = this.unacknowledged.map((sent) => ({
      ...sent,
      sentAtMs: sent.sentAtMs + pauseMs,
    }));
    if (this.behind) this.behind = { ...this.behind, sinceMs: this.behind.sinceMs + pauseMs };
  }
}
