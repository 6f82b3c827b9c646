import type { AttemptRef } from '../../protocol/ids.ts';
import type { NumberedOrder } from '../../protocol/manager-orders.ts';
import type { Register } from '../../protocol/worker-messages.ts';
import type { ConnectionId } from './events.ts';
import type { Attempt } from './task.ts';

/** What a new record is made with, beside the Worker's own words. */
export interface Arrival {
  readonly address: string;
  readonly order: number;
  readonly nowMs: number;
  /** Told of every change that decides whether, and what, this Worker can be given. */
  readonly onChange: (worker: WorkerRecord) => void;
}

/** One incarnation of a Worker, as the Manager knows it. */
export class WorkerRecord {
  readonly id: string;
  readonly nonce: string;
  /** Of a ghost: as many as it has attempts. */
  slots: number;
  readonly address: string;
  /** Counts registrations: of two equal Workers the one that came first goes first. */
  readonly order: number;
  /** Stands for a process that has not registered with this Manager yet. */
  isGhost = false;
  connectionLostAtMs = 0;
  /** `shutdown` was sent. */
  toldToStop = false;
  /** What it has; cancelled attempts stay until their end is known. */
  readonly attempts = new Set<Attempt>();
  /** Those of them that have ended and, with the Manager that had heard how, were forgotten. */
  readonly toBeReported = new Set<Attempt>();
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
  /** When its last heartbeat came, by whatever way. */
  lastBeatMs = 0;
  /** Orders not acknowledged by a heartbeat: numbers and when they were sent, oldest first. */
  unacknowledged: { readonly number: number; readonly sentAtMs: number }[] = [];
  /** It says to have sent up to `number`, which has not come, since `sinceMs`. */
  behind: { readonly number: number; readonly sinceMs: number } | undefined;
  unfitInARow = 0;
  pauseReason = '';
  /** Jobs whose program is not to be had there. */
  readonly cannotStart = new Set<number>();
  readonly failuresByJob = new Map<number, number>();
  finished = 0;
  failed = 0;
  readonly #onChange: (worker: WorkerRecord) => void;
  #connection: ConnectionId | undefined;
  #ready: { readonly problem: string | null } | undefined;
  #pausedUntilMs = 0;
  /** Those of `attempts` that wait for a slot, in the order they came. */
  readonly #ahead = new Set<Attempt>();
  #alone = 0;
  #lastOrder: number;

  constructor(
    message: Pick<Register, 'worker_id' | 'nonce' | 'slots' | 'received'>,
    connection: ConnectionId | undefined,
    arrival: Arrival,
  ) {
    this.id = message.worker_id;
    this.nonce = message.nonce;
    this.slots = message.slots;
    this.address = arrival.address;
    this.order = arrival.order;
    this.lastSignOfLifeMs = arrival.nowMs;
    this.registeredAtMs = arrival.nowMs;
    this.#onChange = arrival.onChange;
    this.#connection = connection;
    this.#lastOrder = message.received;
  }

  /** Undefined while its connection is gone and the grace runs. */
  get connection(): ConnectionId | undefined {
    return this.#connection;
  }

  set connection(connection: ConnectionId | undefined) {
    this.#connection = connection;
    this.#onChange(this);
  }

  /** It has said that it sees the shared directory (`problem` null) or why not; undefined: not yet. */
  get ready(): { readonly problem: string | null } | undefined {
    return this.#ready;
  }

  set ready(ready: { readonly problem: string | null } | undefined) {
    this.#ready = ready;
    this.#onChange(this);
  }

  /** After so many unfit outcomes it gets nothing for a while. */
  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  set pausedUntilMs(untilMs: number) {
    this.#pausedUntilMs = untilMs;
    this.#onChange(this);
  }

  /** Numbers an order; the caller sends it. */
  number<Order extends object>(order: Order, epoch: number, nowMs: number): Order & NumberedOrder {
    this.#lastOrder += 1;
    this.unacknowledged.push({ number: this.#lastOrder, sentAtMs: nowMs });
    // An order is worded for one Worker and once: it needs no copy.
    return Object.assign(order, { epoch, number: this.#lastOrder });
  }

  /** Number of the last order. */
  get lastOrder(): number {
    return this.#lastOrder;
  }

  /** The Worker has received orders up to `number`. */
  acknowledge(number: number): void {
    const first = this.unacknowledged.findIndex((sent) => sent.number > number);
    this.unacknowledged = first < 0 ? [] : this.unacknowledged.slice(first);
  }

  /** They are so few, two for each slot, that looking through them is the quickest. */
  attempt({ job_id, stage, task_index, attempt }: AttemptRef): Attempt | undefined {
    for (const each of this.attempts) {
      const { ref } = each;
      const isSameTask = ref.task_index === task_index && ref.stage === stage;
      if (isSameTask && ref.attempt === attempt && ref.job_id === job_id) return each;
    }
    return undefined;
  }

  add(attempt: Attempt): void {
    this.attempts.add(attempt);
    if (attempt.ahead) this.#ahead.add(attempt);
    if (attempt.alone) this.#alone += 1;
    this.#onChange(this);
  }

  /** Its slot goes to what has waited longest, though `started` may be still to come. */
  remove(attempt: Attempt): void {
    if (!this.attempts.delete(attempt)) return;
    this.#ahead.delete(attempt);
    this.toBeReported.delete(attempt);
    attempt.ahead = false;
    if (attempt.alone) this.#alone -= 1;
    for (const waiting of this.#ahead) {
      if (this.attempts.size - this.#ahead.size >= this.slots) break;
      if (!waiting.recalled && !waiting.cancelled) this.giveSlot(waiting);
    }
    this.#onChange(this);
  }

  /** The attempt waits no more: it has a slot. */
  giveSlot(attempt: Attempt): void {
    attempt.ahead = false;
    this.#ahead.delete(attempt);
  }

  get freeSlots(): number {
    return this.slots - this.attempts.size;
  }

  /** Whether it could be given tasks at all, room aside. */
  canServe(nowMs: number): boolean {
    const sound = this.#ready?.problem === null;
    return sound && this.#connection !== undefined && this.#pausedUntilMs <= nowMs;
  }

  /** An attempt that must have the Worker to itself is here. */
  get isTakenAlone(): boolean {
    return this.#alone > 0;
  }

  /**
   * A pause of the Manager itself is nobody's silence.
   * @param closedMs its connection, if it has none, counts as closed no earlier
   */
  forgive(pauseMs: number, closedMs: number): void {
    this.lastSignOfLifeMs += pauseMs;
    this.registeredAtMs += pauseMs;
    this.connectionLostAtMs = Math.max(this.connectionLostAtMs + pauseMs, closedMs);
    this.unacknowledged = this.unacknowledged.map((sent) => ({
      ...sent,
      sentAtMs: sent.sentAtMs + pauseMs,
    }));
    if (this.behind) this.behind = { ...this.behind, sinceMs: this.behind.sinceMs + pauseMs };
  }
}
