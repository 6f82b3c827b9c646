import type { ConnectionId, ManagerEvent } from '../../../src/manager/scheduler/events.ts';
import type { WorkerView } from '../../../src/protocol/job-report.ts';
import type { ManagerOrder } from '../../../src/protocol/manager-orders.ts';
import { HEARTBEAT_MS } from '../surroundings.ts';
import type { InvariantName } from './violation.ts';

type Tell = (name: InvariantName, message: string) => void;

interface Heard {
  readonly connection: ConnectionId;
  readonly id: string;
  readonly nonce: string;
  lastMs: number;
  lastBeat: number;
}

const SILENT_MS = 5.5 * HEARTBEAT_MS;
const SLACK_MS = HEARTBEAT_MS;

/** Checks that one Manager's tasks go only to Workers that are fresh: old or repeated messages prove no life. */
export class SilenceCheck {
  readonly #nowMs: () => number;
  readonly #tell: Tell;
  readonly #byConnection = new Map<ConnectionId, Heard>();
  readonly #byNonce = new Map<string, Heard>();
  #excusedMs = 0;

  constructor(nowMs: () => number, tell: Tell) {
    this.#nowMs = nowMs;
    this.#tell = tell;
  }

  /** What the Manager is given, before it acts on it. */
  heard(epoch: number, event: ManagerEvent): void {
    const nowMs = this.#nowMs();
    if (event.type === 'paused') this.#excusedMs = nowMs;
    if (event.type === 'worker_message') {
      const { message, connection } = event;
      if (message.message_type === 'register') {
        const { worker_id: id, nonce } = message;
        const heard: Heard = { connection, id, nonce, lastMs: nowMs, lastBeat: 0 };
        const before = this.#byNonce.get(message.nonce);
        if (before) heard.lastBeat = before.lastBeat;
        this.#byConnection.set(connection, heard);
        this.#byNonce.set(message.nonce, heard);
      } else if (message.epoch === epoch) {
        const heard = this.#byConnection.get(connection);
        if (heard?.nonce === message.nonce) heard.lastMs = nowMs;
      }
    }
    if (event.type !== 'heartbeat' || event.message.epoch !== epoch) return;
    const heard = this.#byNonce.get(event.message.nonce);
    if (!heard || event.message.number <= heard.lastBeat) return;
    heard.lastBeat = event.message.number;
    heard.lastMs = nowMs;
  }

  /** What clients are told of Workers: nobody that is silent counts as live. */
  listed(workers: readonly WorkerView[]): void {
    for (const { worker_id: id, state } of workers) {
      const heard = [...this.#byConnection.values()].findLast((each) => each.id === id);
      if (!heard) continue;
      const silentMs = this.#silentMs(heard);
      if (silentMs > SILENT_MS + SLACK_MS) {
        this.#tell('I6', `${id} counts as ${state} and is silent for ${String(silentMs)} ms`);
      }
    }
  }

  #silentMs(heard: Heard): number {
    return this.#nowMs() - Math.max(heard.lastMs, this.#excusedMs);
  }

  ordered(connection: ConnectionId, order: ManagerOrder): void {
    if (order.message_type !== 'new_map_task' && order.message_type !== 'new_reduce_task') return;
    const heard = this.#byConnection.get(connection);
    if (!heard) return this.#tell('I6', 'a task goes to a connection that never registered');
    const silentMs = this.#silentMs(heard);
    if (silentMs <= SILENT_MS + SLACK_MS) return;
    this.#tell('I6', `a task goes to a Worker that is silent for ${String(silentMs)} ms`);
  }
}
