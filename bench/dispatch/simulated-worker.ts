import type { Socket as Datagrams } from 'node:dgram';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { AttemptStatistics } from '../../src/protocol/worker-messages.ts';

/** What the simulated Worker reads of an order; the other fields are there and are parsed too. */
interface Order {
  readonly message_type: string;
  readonly number: number;
  readonly epoch: number;
  readonly received?: number;
  readonly udp_confirmed?: boolean;
  readonly job_id: number;
  readonly stage: 'map' | 'reduce';
  readonly task_index: number;
  readonly attempt: number;
  readonly job_directory: string;
  readonly staging_directory: string;
  readonly only_queued?: boolean;
}

export interface WorkerBehaviour {
  /** How long a task holds the slot; 0: it is answered in the same turn. */
  readonly taskMs: number;
  /** The first task of a Worker lasts this share of `taskMs`, so that not all end together. */
  readonly phase: number;
}

/** Told of what happens, with the time in milliseconds. */
export interface WorkerObserver {
  acknowledged(): void;
  /** An order came; `refillMs` since the last `finished` of this Worker, where there was one. */
  assigned(nowMs: number, refillMs: number | undefined): void;
}

const HEARTBEAT_BYTES_FREE = 512;

/** Typed by the protocol, for the Manager refuses what lacks a field. */
const NO_WORK: AttemptStatistics = {
  input_bytes: 10,
  input_records: 1,
  output_bytes: 0,
  output_records: 0,
  spills: 0,
  combine_input_records: 0,
  combine_output_records: 0,
  combine_skipped_records: 0,
  duration_ms: 0,
  ignored_input_bytes: 0,
  largest_groups: [],
};

/**
 * A Worker with one slot and one task ahead, as the Manager sees it: registration, `ready`,
 * `started`, `finished`, `returned`, heartbeats by UDP. What it leaves out is the work: a task is
 * done when its time is over, and its output was there before.
 */
export class SimulatedWorker {
  readonly #id: string;
  readonly #identity: { readonly worker_id: string; readonly nonce: string };
  readonly #socket: Socket;
  readonly #datagrams: Datagrams;
  readonly #behaviour: WorkerBehaviour;
  readonly #observer: WorkerObserver;
  #text = '';
  #epoch = 0;
  #sent = 0;
  #heartbeats = 0;
  #udpConfirmed = false;
  #received = 0;
  #acknowledged = 0;
  #oldestUnacknowledgedMs = 0;
  #running: Order | undefined;
  #endsAtMs = 0;
  #tasks = 0;
  readonly #queue: Order[] = [];
  #finishedAtMs: number | undefined;
  #outgoing = '';

  constructor(
    id: string,
    sockets: { readonly tcp: Socket; readonly udp: Datagrams },
    behaviour: WorkerBehaviour,
    observer: WorkerObserver,
  ) {
    this.#id = id;
    this.#identity = { worker_id: id, nonce: `nonce-of-${id}` };
    this.#socket = sockets.tcp;
    this.#datagrams = sockets.udp;
    this.#behaviour = behaviour;
    this.#observer = observer;
    this.#socket.setNoDelay(true);
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text: string) => this.#read(text));
  }

  register(): void {
    this.#write({
      message_type: 'register',
      ...this.#identity,
      protocol_version: 1,
      slots: 1,
      capabilities: [],
      host: '127.0.0.1',
      port: 1,
      cluster_id: null,
      received: 0,
      attempts: [],
    });
    this.#flush();
  }

  ready(): void {
    this.#say({ message_type: 'ready', problem: null });
    this.#flush();
  }

  /** Nothing before the Manager has taken it in. */
  heartbeat(port: number, nowMs: number): void {
    if (this.#epoch === 0) return;
    this.#heartbeats += 1;
    const isWaiting = this.#acknowledged < this.#sent;
    const document = {
      message_type: 'heartbeat',
      ...this.#identity,
      epoch: this.#epoch,
      number: this.#heartbeats,
      received: this.#received,
      sent: this.#sent,
      unacknowledged_ms: isWaiting ? Math.max(1, nowMs - this.#oldestUnacknowledgedMs) : 0,
    };
    if (!this.#udpConfirmed) {
      this.#write(document);
      this.#flush();
    }
    const datagram = Buffer.allocUnsafe(HEARTBEAT_BYTES_FREE);
    const bytes = datagram.write(`${JSON.stringify(document)}\n`, 'utf8');
    this.#datagrams.send(datagram, 0, bytes, port, '127.0.0.1');
  }

  /** Ends a task whose time is over. */
  tick(nowMs: number): void {
    if (this.#running && this.#endsAtMs <= nowMs) this.#finish(nowMs);
    this.#flush();
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    const nowMs = performance.now();
    for (const line of lines) this.#take(JSON.parse(line) as Order, nowMs);
    this.#flush();
  }

  #take(order: Order, nowMs: number): void {
    if (order.udp_confirmed === true) this.#udpConfirmed = true;
    if (order.message_type === 'register_ack') {
      this.#epoch = order.epoch;
      return this.#observer.acknowledged();
    }
    if (order.message_type === 'error') throw new Error(`${this.#id}: ${JSON.stringify(order)}`);
    this.#received = order.number;
    if (order.received !== undefined) this.#acknowledge(order.received, nowMs);
    if (order.message_type === 'cancel_task') return this.#giveBack(order);
    if (order.message_type !== 'new_map_task' && order.message_type !== 'new_reduce_task') return;
    const sinceMs = this.#finishedAtMs;
    this.#finishedAtMs = undefined;
    this.#observer.assigned(nowMs, sinceMs === undefined ? undefined : nowMs - sinceMs);
    if (this.#running) this.#queue.push(order);
    else this.#start(order, nowMs);
  }

  #acknowledge(number: number, nowMs: number): void {
    if (number <= this.#acknowledged) return;
    this.#acknowledged = number;
    this.#oldestUnacknowledgedMs = nowMs;
  }

  #giveBack({ job_id, stage, task_index, attempt }: Order): void {
    const at = this.#queue.findIndex(
      (each) => each.task_index === task_index && each.attempt === attempt,
    );
    if (at < 0) return;
    this.#queue.splice(at, 1);
    const ref = { job_id, stage, task_index, attempt };
    this.#say({ message_type: 'returned', ...ref, was_started: false });
  }

  #start(order: Order, nowMs: number): void {
    this.#running = order;
    this.#tasks += 1;
    const { job_id, stage, task_index, attempt } = order;
    this.#say({ message_type: 'started', job_id, stage, task_index, attempt });
    const { taskMs, phase } = this.#behaviour;
    this.#endsAtMs = nowMs + taskMs * (this.#tasks === 1 ? phase : 1);
    if (taskMs === 0) this.#finish(nowMs);
  }

  #finish(nowMs: number): void {
    const order = this.#running;
    if (!order) return;
    const { job_id, stage, task_index, attempt } = order;
    this.#say({
      message_type: 'finished',
      ...{ job_id, stage, task_index, attempt },
      outputs: [{ name: outputOf(order), bytes: 0, records: 0, crc32: 0 }],
      statistics: { ...NO_WORK, duration_ms: this.#behaviour.taskMs },
      counters: [],
    });
    this.#running = undefined;
    this.#finishedAtMs ??= nowMs;
    const next = this.#queue.shift();
    if (next) this.#start(next, nowMs);
  }

  #say(message: object): void {
    if (this.#acknowledged === this.#sent) this.#oldestUnacknowledgedMs = performance.now();
    this.#sent += 1;
    this.#write({ ...message, ...this.#identity, epoch: this.#epoch, number: this.#sent });
  }

  #write(document: object): void {
    this.#outgoing += `${JSON.stringify(document)}\n`;
  }

  #flush(): void {
    if (this.#outgoing === '') return;
    this.#socket.write(this.#outgoing);
    this.#outgoing = '';
  }
}

/** Runs of first attempts were made before; what comes later is made when it is wanted. */
function outputOf({ stage, task_index, attempt, ...where }: Order): 'run' | 'part' {
  const name = `${stage}-${String(task_index).padStart(5, '0')}.${String(attempt)}`;
  if (stage === 'map') {
    if (attempt > 1) writeFileSync(`${where.job_directory}/map/${name}.run`, '');
    return 'run';
  }
  const directory = `${where.staging_directory}/attempts/${name}`;
  mkdirSync(directory);
  writeFileSync(`${directory}/part`, '');
  return 'part';
}
