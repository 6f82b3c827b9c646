import { WorkerCore } from '../../src/worker/lifecycle/worker-core.ts';
import type { WorkerCommand } from '../../src/worker/lifecycle/commands.ts';
import type { WorkerEvent } from '../../src/worker/lifecycle/events.ts';
import type { ManagerOrder } from '../../src/protocol/manager-orders.ts';
import type { Heartbeat } from '../../src/protocol/worker-messages.ts';
import type { Timeline } from '../manager/scheduler/harness/timeline.ts';
import { drive, type Driver } from '../../src/runtime/drive.ts';
import { keyOf } from './audit/ledger.ts';
import type { FromManager, ToManager } from './sim-manager.ts';
import type { Host, Socket, SocketOwner } from './network.ts';
import { SimProcess } from './sim-process.ts';
import { SimSlots } from './sim-slots.ts';
import type { Surroundings } from './surroundings.ts';

export type WorkerSocket = Socket<FromManager, ToManager>;

/** What a Worker asks of the rest of the cluster. */
export interface Cluster {
  /** The answer comes later: a socket, or undefined for "connection refused". */
  connect(owner: SocketOwner, answer: (socket: WorkerSocket | undefined) => void): void;
  sendHeartbeat(from: Host, message: Heartbeat): void;
}

export interface WorkerNature {
  readonly id: string;
  readonly nonce: string;
  readonly host: Host;
  readonly slots: number;
  /** Its programs take so many times as long. */
  readonly slowness: number;
  readonly seed: number;
}

export const TOKEN = 'token-1';
const REPLAY_MS = 900;
const TOKEN_READ_MS = 30;

/** One process of a Worker: the real core and driver, with slots that only pretend. */
export class SimWorker implements SocketOwner {
  readonly host: Host;
  readonly process: SimProcess;
  readonly nature: WorkerNature;
  readonly slots: SimSlots;
  /** Why it cannot see the shared directory; `late`: looking there takes for ever. */
  blindness: 'none' | 'wrong' | 'late' = 'none';
  /** Its shared directory has no room. */
  hasNoRoom = false;
  /** Highest epoch of a Manager that registered it. */
  highestEpoch = 0;
  /** Attempts ordered by a Manager after a later one had registered it. */
  readonly staleOrders = new Set<string>();
  exitCode: number | undefined;
  readonly #cluster: Cluster;
  readonly #driver: Driver<WorkerEvent>;
  #socket: WorkerSocket | undefined;
  #connection: number | undefined;
  #lastHeartbeat: Heartbeat | undefined;
  readonly #timeline: Timeline;

  constructor(world: Surroundings, cluster: Cluster, nature: WorkerNature) {
    this.#cluster = cluster;
    this.nature = nature;
    this.#timeline = world.timeline;
    this.host = nature.host;
    this.process = new SimProcess(world.timeline);
    this.slots = new SimSlots(world, this, (event) => this.push(event));
    const core = new WorkerCore(settingsOf(nature), world.timeline.nowMs);
    this.#driver = drive<WorkerEvent, WorkerCommand>(core, {
      perform: (command) => this.#perform(command),
      clock: this.process,
      tickEvent: { type: 'tick' },
      pausedEvent: (pauseMs) => ({ type: 'paused', pauseMs }),
      onBug: (error) => {
        world.audit.assertion(error);
        this.die(false);
      },
    });
  }

  get isAlive(): boolean {
    return this.process.isAlive;
  }

  push(event: WorkerEvent): void {
    if (this.process.isAlive) this.#driver.push(event);
  }

  /** SIGTERM. */
  stop(): void {
    this.process.hear(() => this.push({ type: 'stop_requested' }));
  }

  /** Dies with its programs; with its machine the Manager hears nothing of it. */
  die(withItsMachine: boolean): void {
    this.#driver.stop();
    this.process.kill();
    if (withItsMachine) this.#socket?.vanish();
    else this.#socket?.close('connection reset');
    this.#socket = undefined;
  }

  resetConnection(): boolean {
    const socket = this.#socket;
    if (socket?.isOpen !== true) return false;
    socket.reset();
    return true;
  }

  /** Somebody in between sends its last heartbeat again and again. */
  replayHeartbeats(forMs: number): void {
    const message = this.#lastHeartbeat;
    if (!message) return;
    for (let afterMs = 0; afterMs < forMs; afterMs += REPLAY_MS) {
      this.#timeline.after(afterMs, () => this.#cluster.sendHeartbeat(this.host, message));
    }
  }

  #perform(command: WorkerCommand): void {
    switch (command.type) {
      case 'connect':
        return this.#connect(command.connection);
      case 'disconnect':
        return this.#hangUp();
      case 'send':
        return this.#send(command.connection, command.message);
      case 'send_datagram':
        this.#lastHeartbeat = command.message;
        return this.#cluster.sendHeartbeat(this.host, command.message);
      case 'read_token':
        return this.#readToken(command.connection);
      case 'run':
        return this.slots.run(command.slot, command.order);
      case 'kill':
        return this.slots.kill(command.attempt);
      case 'exit':
        this.exitCode = command.code;
        return this.die(false);
      case 'log':
        return;
      default:
        command satisfies never;
    }
  }

  #connect(connection: number): void {
    this.#connection = connection;
    this.#cluster.connect(this, (socket) => {
      if (this.#connection !== connection) {
        socket?.close('given up');
        return;
      }
      if (!socket) {
        this.#connection = undefined;
        this.push({ type: 'disconnected', connection, reason: 'connection refused' });
        return;
      }
      this.#socket = socket;
      socket.listen({
        receive: (message) => this.#receive(connection, message),
        closed: (reason) => {
          this.#socket = undefined;
          this.#connection = undefined;
          this.push({ type: 'disconnected', connection, reason });
        },
      });
      this.push({ type: 'connected', connection });
    });
  }

  #receive(connection: number, message: FromManager): void {
    if (message.message_type === 'error') {
      const { code, message: text } = message;
      this.push({ type: 'refused', connection, code, message: text });
      return;
    }
    const order = message as ManagerOrder;
    if (order.message_type === 'register_ack') {
      this.highestEpoch = Math.max(this.highestEpoch, order.epoch);
    }
    const isTask = 'pieces' in order || 'manifest_path' in order;
    if (isTask && order.epoch < this.highestEpoch) this.staleOrders.add(keyOf(order));
    this.push({ type: 'order', connection, order });
  }

  #send(connection: number, message: ToManager): void {
    if (this.#connection === connection) this.#socket?.send(message);
  }

  #hangUp(): void {
    this.#connection = undefined;
    this.#socket?.close('closed by the Worker');
    this.#socket = undefined;
  }

  #readToken(connection: number): void {
    this.process.setTimer(TOKEN_READ_MS, () => {
      if (this.blindness === 'late') return this.#readToken(connection);
      const result =
        this.blindness === 'none' ? { token: TOKEN } : { reason: 'no such file or directory' };
      this.push({ type: 'token_read', connection, result });
    });
  }
}

function settingsOf({ id, nonce, host, slots, seed }: WorkerNature) {
  return {
    workerId: id,
    nonce,
    hostName: host,
    slots,
    capabilities: [],
    host: '127.0.0.1',
    port: 6001,
    managerAddress: '127.0.0.1:6000',
    orphanTimeoutMs: undefined,
    seed,
  };
}
