import type { ManagerOrder } from '../../../../src/protocol/manager-orders.ts';
import type {
  Heartbeat,
  NumberedWorkerMessage,
  Register,
  WorkerMessage,
} from '../../../../src/protocol/worker-messages.ts';
import { BEHAVIOUR, type Behaviour } from './behaviour.ts';
import { Link, type LinkOwner, type Surroundings } from './link.ts';
import { type Ending, isTask, refOf } from './sim-attempts.ts';
import { SimTasks } from './sim-tasks.ts';

type Unnumbered<M> = M extends NumberedWorkerMessage ? Omit<M, keyof NumberedWorkerMessage> : never;
export type Speech = Unnumbered<WorkerMessage>;

const RECONNECT_MS = 200;

/** A Worker as the protocol wants it: registers, works, beats, reports until settled. */
export class SimWorker implements LinkOwner {
  readonly id: string;
  readonly behaviour: Behaviour;
  readonly tasks: SimTasks;
  /** Everything the Manager told it, in order. */
  readonly orders: ManagerOrder[] = [];
  refusedWith: string | undefined;
  exited = false;
  link: Link | undefined;
  readonly #surroundings: Surroundings;
  #epoch: number | undefined;
  #udpConfirmed = false;
  #sent = 0;
  #received = 0;
  #outstanding: { readonly number: number; readonly sentAtMs: number }[] = [];
  #beats = 0;
  /** Changes with every registration, so that the beats of the one before end. */
  #beatRound = 0;

  constructor(id: string, behaviour: Partial<Behaviour>, surroundings: Surroundings) {
    this.id = id;
    this.behaviour = { ...BEHAVIOUR, nonce: `nonce-of-${id}`, ...behaviour };
    this.#surroundings = surroundings;
    this.tasks = new SimTasks(this.behaviour, surroundings.timeline, (speech) => this.say(speech));
  }

  get ran(): readonly string[] {
    return this.tasks.ran;
  }

  get has(): readonly string[] {
    return this.tasks.has;
  }

  get isRegistered(): boolean {
    return this.#epoch !== undefined;
  }

  connect(): void {
    if (this.exited) return;
    this.link?.close('it connects anew');
    this.#epoch = undefined;
    this.link = new Link(this.#surroundings, this);
    const register: Register = {
      message_type: 'register',
      worker_id: this.id,
      nonce: this.behaviour.nonce,
      protocol_version: this.behaviour.protocolVersion,
      slots: this.behaviour.slots,
      capabilities: [],
      host: '127.0.0.1',
      port: 7000,
      cluster_id: null,
      received: this.#received,
      attempts: this.tasks.listings,
    };
    this.link.send(register, this.behaviour.stammers());
  }

  /** SIGKILL: the kernel closes its connection, nothing is said. */
  crash(): void {
    this.link?.close('connection reset');
    this.#die();
  }

  /** The machine is gone: not even the connection is closed. */
  vanish(): void {
    this.blackHole();
    this.#die();
  }

  /** Leaves in order, with whatever it has. */
  goodbye(): void {
    this.say({ message_type: 'goodbye' });
    this.link?.close('end of stream');
    this.#die();
  }

  /** The connection breaks; the process lives. */
  drop(): void {
    this.link?.close('connection reset');
    this.closed();
  }

  /** TCP is dead though it looks alive; UDP goes on. */
  blackHole(): void {
    if (this.link) this.link.blackHoled = true;
  }

  /** Ends an attempt that would run on. */
  end(name: string, ending: Ending = 'finished'): void {
    this.tasks.end(name, ending);
  }

  /** Says `ready` again. */
  see(problem: string | null): void {
    this.behaviour.problem = problem;
    this.say({ message_type: 'ready', problem });
  }

  /** Sends any message as this Worker, numbered. */
  say(body: Speech): void {
    if (!this.link || this.#epoch === undefined) return;
    this.#number();
    const identity = { worker_id: this.id, nonce: this.behaviour.nonce };
    const message = { ...body, ...identity, epoch: this.#epoch, number: this.#sent };
    this.link.send(message, this.behaviour.stammers());
  }

  /** A message that TCP loses on the way. */
  loseOneMessage(): void {
    this.#number();
  }

  receive(order: ManagerOrder): void {
    if (this.exited) return;
    this.orders.push(order);
    if ('number' in order) this.#received = order.number;
    if ('received' in order) this.#acknowledge(order.received);
    if (isTask(order)) return this.tasks.take(order, this.behaviour.problem !== null);
    switch (order.message_type) {
      case 'register_ack':
        return this.#registered(order.epoch, order.heartbeat_interval_ms, order.udp_confirmed);
      case 'cancel_task':
        return this.tasks.cancel(refOf(order), order.only_queued === true);
      case 'settled':
        return this.tasks.settle(order);
      case 'received':
        this.#udpConfirmed = order.udp_confirmed;
        return;
      case 'shutdown':
        return this.#surroundings.timeline.after(this.behaviour.killMs, () => this.goodbye());
      default:
        order satisfies never;
    }
  }

  refused(code: string): void {
    this.refusedWith = code;
  }

  closed(): void {
    this.link = undefined;
    this.#epoch = undefined;
    this.#beatRound += 1;
    if (this.exited || !this.behaviour.reconnects) return;
    this.#surroundings.timeline.after(RECONNECT_MS, () => {
      if (!this.link) this.connect();
    });
  }

  #die(): void {
    this.exited = true;
    this.link = undefined;
    this.#epoch = undefined;
    this.tasks.clear();
  }

  #registered(epoch: number, intervalMs: number, udpConfirmed: boolean): void {
    this.#epoch = epoch;
    this.#udpConfirmed = udpConfirmed;
    this.#outstanding = [];
    this.tasks.repeat();
    this.say({ message_type: 'progress', attempts: [] });
    this.say({ message_type: 'ready', problem: this.behaviour.problem });
    this.#beatRound += 1;
    this.#beat(this.#beatRound, intervalMs);
  }

  #beat(round: number, intervalMs: number): void {
    if (this.exited || round !== this.#beatRound || this.#epoch === undefined) return;
    const { timeline, manager, latencyMs } = this.#surroundings;
    this.#beats += 1;
    const oldest = this.#outstanding[0];
    const message: Heartbeat = {
      message_type: 'heartbeat',
      worker_id: this.id,
      nonce: this.behaviour.nonce,
      epoch: this.#epoch,
      number: this.#beats,
      received: this.#received,
      sent: this.#sent,
      unacknowledged_ms: oldest ? timeline.nowMs - oldest.sentAtMs : 0,
    };
    if (!this.#udpConfirmed) this.link?.send(message);
    if (this.behaviour.udp) {
      const delayMs = this.behaviour.slowUdp ? 100 : 0;
      timeline.after(latencyMs() + delayMs, () => manager({ type: 'heartbeat', message }));
    }
    timeline.after(intervalMs, () => this.#beat(round, intervalMs));
  }

  #number(): void {
    this.#sent += 1;
    this.#outstanding.push({ number: this.#sent, sentAtMs: this.#surroundings.timeline.nowMs });
  }

  #acknowledge(received: number): void {
    this.#outstanding = this.#outstanding.filter((sent) => sent.number > received);
  }
}
