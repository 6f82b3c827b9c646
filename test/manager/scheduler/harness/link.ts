import { type OrderParts, wholeOrder } from '../../../../src/manager/scheduler/task-order.ts';
import type { ManagerOrder } from '../../../../src/protocol/manager-orders.ts';
import type { WorkerMessage } from '../../../../src/protocol/worker-messages.ts';
import type { ConnectionId, ManagerEvent } from '../../../../src/manager/scheduler/events.ts';
import type { Timeline } from './timeline.ts';

/** What a simulated Worker needs of its surroundings. */
export interface Surroundings {
  readonly timeline: Timeline;
  /** Hands an event to the Manager. */
  readonly manager: (event: ManagerEvent) => void;
  /** How long the next message takes. */
  readonly latencyMs: () => number;
  /** Opens a connection to the Manager. */
  readonly open: (link: Link) => ConnectionId;
}

/** The end of a connection that a Worker holds. */
export interface LinkOwner {
  receive(order: ManagerOrder): void;
  refused(code: string): void;
  closed(): void;
}

/** A TCP connection between a simulated Worker and the Manager: in order, until it breaks. */
export class Link {
  readonly id: ConnectionId;
  readonly #surroundings: Surroundings;
  readonly #owner: LinkOwner;
  /** Both ends think that it stands, but nothing passes. */
  blackHoled = false;
  #open = true;
  #lastToManagerMs = 0;
  #lastToWorkerMs = 0;

  constructor(surroundings: Surroundings, owner: LinkOwner) {
    this.#surroundings = surroundings;
    this.#owner = owner;
    this.id = surroundings.open(this);
  }

  /** Worker to Manager; `duplicate` says it twice. */
  send(message: WorkerMessage, duplicate = false): void {
    this.#toManager(() => ({
      type: 'worker_message',
      connection: this.id,
      message,
      address: '127.0.0.1',
    }));
    if (duplicate) this.send(message);
  }

  /** The Worker's end closes: the Manager hears of it after what was sent. */
  close(reason: string): void {
    if (!this.#open) return;
    this.#toManager(() => ({ type: 'worker_closed', connection: this.id, reason }));
    this.#open = false;
  }

  /** Manager to Worker. */
  deliver(parts: OrderParts): void {
    const order = wholeOrder(parts);
    this.#toWorker(() => this.#owner.receive(order));
  }

  refuse(code: string): void {
    this.#toWorker(() => this.#owner.refused(code));
  }

  /** The Manager's end closes. */
  closeByManager(): void {
    this.#toWorker(() => {
      this.#open = false;
      this.#owner.closed();
    });
  }

  #toManager(event: () => ManagerEvent): void {
    if (!this.#open) return;
    const { timeline, latencyMs, manager } = this.#surroundings;
    this.#lastToManagerMs = Math.max(this.#lastToManagerMs, timeline.nowMs + latencyMs());
    timeline.at(this.#lastToManagerMs, () => {
      if (!this.blackHoled) manager(event());
    });
  }

  #toWorker(action: () => void): void {
    const { timeline, latencyMs } = this.#surroundings;
    this.#lastToWorkerMs = Math.max(this.#lastToWorkerMs, timeline.nowMs + latencyMs());
    timeline.at(this.#lastToWorkerMs, () => {
      if (this.#open && !this.blackHoled) action();
    });
  }
}
