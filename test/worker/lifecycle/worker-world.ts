import { expect } from 'vitest';
import { attemptKey, type AttemptRef } from '../../../src/protocol/ids.ts';
import type { ManagerOrder } from '../../../src/protocol/manager-orders.ts';
import type { Register, WorkerMessage } from '../../../src/protocol/worker-messages.ts';
import type { WorkerCommand } from '../../../src/worker/lifecycle/commands.ts';
import type { WorkerEvent } from '../../../src/worker/lifecycle/events.ts';
import { WorkerCore } from '../../../src/worker/lifecycle/worker-core.ts';
import type { SlotEvent } from '../../../src/worker/tasks/task-result.ts';
import { OrderBooks } from './order-books.ts';
import type { Act } from './worker-acts.ts';
import { FAILURE, map, MAP_TASK, REGISTER_ACK, SETTINGS, SUCCESS } from './worker-bench.ts';

const SLOTS = 2;
const MOST_TICKS = 1000;

export function newCore(): WorkerCore {
  return new WorkerCore({ ...SETTINGS, slots: SLOTS }, 0);
}

/** Plays Manager, network and slots around one core, and checks every command it gives. */
export class WorkerWorld {
  readonly core = newCore();
  readonly trace: { readonly event: WorkerEvent; readonly nowMs: number }[] = [];
  readonly commands: WorkerCommand[] = [];
  readonly #books = new OrderBooks();
  readonly #slots = new Map<number, { readonly ref: AttemptRef; started: boolean }>();
  #nowMs = 0;
  #life = { cluster: 1, epoch: 1 };
  #connection: { readonly id: number; state: 'trying' | 'open' | 'registered' } | undefined;
  #register: Register | undefined;
  #tokenWanted: number | undefined;
  #orders = 0;
  #lastNumber = 0;
  #exited = false;

  do(one: Act): void {
    if (this.#exited) return;
    switch (one.act) {
      case 'pass':
        return this.#pass(one.ms);
      case 'answer_connection':
        return this.#answerConnection(one.good);
      case 'register_ack':
        return this.#registerAck(one.lifeChange);
      case 'token':
        return this.#token(one.right);
      case 'order':
        return this.#order(map(one.task, one.attempt));
      case 'cancel':
        return this.#cancel(map(one.task, one.attempt));
      case 'settle':
        return this.#settle(one.pick);
      case 'slot':
        return this.#slot(one.pick, one.what);
      default:
        this.#disturb(one);
    }
  }

  /** Faults end: connections hold, slots finish, the Manager answers. All books must close. */
  heal(): void {
    for (let round = 0; round < 300 && !this.#isQuiet; round += 1) {
      if (!this.#connection) this.#pass(500);
      else if (this.#connection.state === 'trying') this.#answerConnection(true);
      else if (this.#connection.state === 'open') this.#registerAck('none');
      else if (this.#tokenWanted !== undefined) this.#token(true);
      else if (this.#slots.size > 0) this.#slot(0, 'finished');
      else if (this.#books.unsettled.length > 0) this.#settle(0);
      else this.#pass(500);
      this.#disturb({ act: 'received' });
    }
    expect(this.#isQuiet).toBe(true);
  }

  get #isQuiet(): boolean {
    const registered = this.#connection?.state === 'registered';
    return this.#books.isClosed && this.#slots.size === 0 && registered;
  }

  #disturb(one: Extract<Act, { act: 'received' | 'cut' | 'stale' | 'paused' | 'signal' }>): void {
    switch (one.act) {
      case 'received': {
        const received = this.#lastNumber;
        const numbered = this.#numbered();
        this.#say({ message_type: 'received', ...numbered, received, udp_confirmed: true });
        return;
      }
      case 'cut':
        if (this.#connection) this.#cut('connection reset');
        return;
      case 'stale':
        if (this.#life.epoch === 1) return;
        this.#say({ ...MAP_TASK, task_index: one.task, attempt: 9, epoch: this.#life.epoch - 1 });
        return;
      case 'paused':
        this.#nowMs += one.ms;
        this.#push({ type: 'paused', pauseMs: one.ms });
        return;
      case 'signal':
        this.#push({ type: 'stop_requested' });
        return;
      default:
        one satisfies never;
    }
  }

  #pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let ticks = 0; ; ticks += 1) {
      expect(ticks).toBeLessThan(MOST_TICKS);
      const deadlineMs = this.core.nextDeadlineMs();
      if (deadlineMs === undefined || deadlineMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, deadlineMs);
      this.#push({ type: 'tick' });
      // A tick that leaves its deadline where it was would spin for ever.
      expect(this.core.nextDeadlineMs() ?? Infinity).toBeGreaterThan(this.#nowMs);
    }
    this.#nowMs = endMs;
  }

  #answerConnection(good: boolean): void {
    if (this.#connection?.state !== 'trying') return;
    if (!good) {
      this.#cut('connection refused');
      return;
    }
    this.#connection.state = 'open';
    this.#push({ type: 'connected', connection: this.#connection.id });
  }

  #cut(reason: string): void {
    const connection = this.#connection?.id ?? 0;
    this.#hangUp();
    this.#push({ type: 'disconnected', connection, reason });
  }

  #hangUp(): void {
    this.#connection = undefined;
    this.#tokenWanted = undefined;
  }

  #registerAck(lifeChange: 'none' | 'new_epoch' | 'new_cluster'): void {
    if (this.#connection?.state !== 'open' || !this.#register) return;
    if (lifeChange === 'new_epoch') this.#life.epoch += 1;
    if (lifeChange === 'new_cluster') {
      this.#life = { cluster: this.#life.cluster + 1, epoch: 1 };
      this.#books.forgetAll();
    }
    this.#books.registered(this.#register);
    this.#connection.state = 'registered';
    const cluster_id = `cluster-${String(this.#life.cluster)}`;
    const { epoch } = this.#life;
    this.#say({ ...REGISTER_ACK, epoch, cluster_id, received: this.#lastNumber });
  }

  #token(right: boolean): void {
    if (this.#tokenWanted === undefined) return;
    const connection = this.#tokenWanted;
    this.#tokenWanted = undefined;
    const token = right ? REGISTER_ACK.token : 'another';
    this.#push({ type: 'token_read', connection, result: { token } });
  }

  #order(ref: AttemptRef): void {
    if (this.#connection?.state !== 'registered' || !this.#books.ordered(ref)) return;
    this.#say({ ...MAP_TASK, ...this.#numbered(), ...ref, stage: 'map' });
  }

  #cancel(ref: AttemptRef): void {
    if (this.#connection?.state !== 'registered') return;
    this.#books.close(ref);
    this.#say({ message_type: 'cancel_task', ...ref, ...this.#numbered(), reason: 'test' });
  }

  #settle(pick: number): void {
    const { unsettled } = this.#books;
    const ref = unsettled[pick % Math.max(1, unsettled.length)];
    if (this.#connection?.state !== 'registered' || !ref) return;
    this.#books.close(ref);
    const received = this.#lastNumber;
    const numbered = this.#numbered();
    this.#say({ message_type: 'settled', ...ref, ...numbered, outcome: 'committed', received });
  }

  #slot(pick: number, what: Extract<Act, { act: 'slot' }>['what']): void {
    const busy = [...this.#slots];
    const [slot, held] = busy[pick % Math.max(1, busy.length)] ?? [];
    if (slot === undefined || !held || (what === 'started' && held.started)) return;
    held.started ||= what === 'started';
    const event = slotEvent(what);
    if (event.type === 'ended') this.#slots.delete(slot);
    this.#push({ type: 'slot', slot, attempt: held.ref, event });
  }

  #numbered(): { readonly epoch: number; readonly number: number } {
    this.#orders += 1;
    return { epoch: this.#life.epoch, number: this.#orders };
  }

  #say(order: ManagerOrder): void {
    if (this.#connection?.state !== 'registered') return;
    this.#push({ type: 'order', connection: this.#connection.id, order });
  }

  #push(event: WorkerEvent): void {
    this.trace.push({ event, nowMs: this.#nowMs });
    for (const command of this.core.step(event, this.#nowMs)) this.#perform(command);
  }

  #perform(command: WorkerCommand): void {
    expect(this.#exited).toBe(false);
    this.commands.push(command);
    switch (command.type) {
      case 'connect':
        expect(this.#connection).toBeUndefined();
        this.#connection = { id: command.connection, state: 'trying' };
        return;
      case 'disconnect':
        expect(this.#connection?.id).toBe(command.connection);
        this.#hangUp();
        return;
      case 'send':
        expect(this.#connection?.id).toBe(command.connection);
        this.#sent(command.message);
        return;
      case 'run':
        this.#run(command.slot, command.order);
        return;
      case 'kill':
        expect(this.#isRunning(command.attempt)).toBe(true);
        return;
      case 'read_token':
        expect(this.#tokenWanted).toBeUndefined();
        this.#tokenWanted = command.connection;
        return;
      case 'exit':
        this.#exited = true;
        return;
      case 'send_datagram':
      case 'log':
        return;
      default:
        command satisfies never;
    }
  }

  #run(slot: number, { task_index, attempt }: AttemptRef): void {
    const ref = map(task_index, attempt);
    expect(slot).toBeLessThan(SLOTS);
    expect(this.#slots.has(slot)).toBe(false);
    expect(this.#isRunning(ref)).toBe(false);
    this.#slots.set(slot, { ref, started: false });
  }

  #isRunning(ref: AttemptRef): boolean {
    return [...this.#slots.values()].some((held) => attemptKey(held.ref) === attemptKey(ref));
  }

  #sent(message: WorkerMessage): void {
    if (message.message_type === 'register') this.#register = message;
    if (message.message_type === 'register' || message.message_type === 'heartbeat') return;
    this.#lastNumber += 1;
    expect(message.number).toBe(this.#lastNumber);
    expect(message.epoch).toBe(this.#life.epoch);
    this.#books.said(message);
  }
}

function slotEvent(what: Extract<Act, { act: 'slot' }>['what']): SlotEvent {
  switch (what) {
    case 'started':
      return { type: 'started' };
    case 'progress':
      return { type: 'progress', bytesRead: 1, bytesWritten: 0, status: '' };
    case 'finished':
      return { type: 'ended', result: SUCCESS };
    case 'failed':
      return { type: 'ended', result: FAILURE };
    case 'killed':
      return { type: 'ended', result: { outcome: 'killed' } };
    default:
      return what satisfies never;
  }
}
