import type { ManagerOrder, RegisterAck } from '../../protocol/manager-orders.ts';
import type { ErrorCode } from '../../protocol/manager-replies.ts';
import { PROTOCOL_VERSION } from '../../protocol/worker-messages.ts';
import { assert } from '../../runtime/assert.ts';
import type { Core } from '../../runtime/core.ts';
import { EXIT_CODES } from '../../runtime/exit-codes.ts';
import type { WorkerCommand } from './commands.ts';
import { DepartureTracker } from './departure.ts';
import { earliest } from './earliest.ts';
import type { WorkerEvent } from './events.ts';
import { Link } from './link.ts';
import { Outbox } from './outbox.ts';
import { Work } from './work.ts';
import type { WorkerSettings } from './worker-settings.ts';

const STOPPING = 'This Worker is stopping';

/** How a Worker does, for people. */
export interface WorkerStatus {
  /** `silent`: there is no Manager. */
  readonly state: 'live' | 'silent' | 'blind' | 'draining';
  /** Why it takes no tasks, when it takes none. */
  readonly reason: string | undefined;
  readonly running: number;
  readonly queued: number;
  readonly finished: number;
  readonly failed: number;
  readonly udpConfirmed: boolean;
}

/**
 * The Worker's mind: keeps a connection to the Manager, runs what it is given in its slots, and
 * answers for every order until the Manager has taken the answer.
 *
 * The work outlives the connection: without a Manager it goes on, and the next registration says
 * what there is. `Link` knows the Manager, `Work` the attempts, `DepartureTracker` the way out; here
 * they meet. Programs, files and sockets are the shell's.
 */
export class WorkerCore implements Core<WorkerEvent, WorkerCommand> {
  readonly #outbox: Outbox;
  readonly #work: Work;
  readonly #link: Link;
  readonly #departure = new DepartureTracker();
  #nowMs: number;
  /** Messages of the past that were ignored. */
  #staleMessages = 0;

  constructor(settings: WorkerSettings, nowMs: number) {
    this.#nowMs = nowMs;
    this.#outbox = new Outbox(settings.workerId, settings.nonce);
    this.#work = new Work(this.#outbox, settings.slots);
    this.#link = new Link(settings, this.#outbox, this.#work, nowMs);
  }

  step(event: WorkerEvent, nowMs: number): readonly WorkerCommand[] {
    assert(nowMs >= this.#nowMs, `time went back from ${String(this.#nowMs)} to ${String(nowMs)}`);
    this.#nowMs = nowMs;
    if (this.#departure.phase === 'left') return [];
    this.#take(event);
    this.#leaveWhenDone();
    return this.#outbox.take();
  }

  /** What to say of this Worker when it is asked. */
  get status(): WorkerStatus {
    const { running, queued, finished, failed } = this.#work;
    const state = this.#departure.phase === 'staying' ? this.#link.state : 'draining';
    const { udpConfirmed, sight } = this.#link;
    return { state, reason: sight.refusal, running, queued, finished, failed, udpConfirmed };
  }

  nextDeadlineMs(): number | undefined {
    if (this.#departure.phase === 'left') return undefined;
    return earliest([
      this.#link.deadlineMs,
      this.#departure.deadlineMs,
      this.#departure.phase === 'killing' ? undefined : this.#link.orphanedAtMs,
    ]);
  }

  #take(event: WorkerEvent): void {
    switch (event.type) {
      case 'tick':
        this.#expire();
        return;
      case 'paused':
        this.#link.excuse(event.pauseMs);
        return;
      case 'slot':
        if (!this.#work.slotSaid(event.slot, event.attempt, event.event, this.#nowMs)) {
          this.#ignore(`"${event.event.type}" of slot ${String(event.slot)}: not its attempt`);
        }
        return;
      case 'stop_requested':
        this.#stopRequested();
        return;
      case 'connected':
      case 'disconnected':
      case 'order':
      case 'refused':
      case 'token_read':
        this.#takeFromManager(event);
        return;
      default:
        event satisfies never;
    }
  }

  #takeFromManager(event: Extract<WorkerEvent, { readonly connection: number }>): void {
    if (!this.#link.isCurrent(event.connection)) {
      this.#outbox.log('debug', `Ignored "${event.type}" of an earlier connection`);
      return;
    }
    switch (event.type) {
      case 'connected':
        this.#link.connected(this.#nowMs);
        return;
      case 'disconnected':
        this.#link.disconnected(event.reason, this.#nowMs);
        return;
      case 'order':
        this.#obey(event.order);
        return;
      case 'refused':
        this.#refused(event.code, event.message);
        return;
      case 'token_read':
        this.#link.sight.tokenRead(event.result, this.#nowMs);
        return;
      default:
        event satisfies never;
    }
  }

  #obey(order: ManagerOrder): void {
    if (order.message_type === 'register_ack') {
      this.#registered(order);
      return;
    }
    if (!this.#link.accept(order, this.#nowMs)) {
      this.#ignore(`"${order.message_type}" of epoch ${String(order.epoch)}`);
      return;
    }
    switch (order.message_type) {
      case 'new_map_task':
      case 'new_reduce_task':
        this.#work.take(order, this.#link.sight.refusal, this.#nowMs);
        return;
      case 'cancel_task':
        this.#work.cancel(order, this.#nowMs);
        return;
      case 'settled':
        this.#link.acknowledge(order.received);
        if (!this.#work.settle(order)) this.#ignore('"settled" of an attempt that is not waiting');
        return;
      case 'received':
        this.#link.acknowledge(order.received);
        this.#link.confirmUdp(order.udp_confirmed);
        return;
      case 'shutdown':
        this.#kill('the cluster is shut down', 0);
        return;
      default:
        order satisfies never;
    }
  }

  #registered(ack: RegisterAck): void {
    if (ack.protocol_version !== PROTOCOL_VERSION) {
      this.#refused('version_mismatch', `it speaks version ${String(ack.protocol_version)}`);
      return;
    }
    if (!this.#link.registered(ack, this.#nowMs)) this.#ignore('a second "register_ack"');
  }

  #refused(code: ErrorCode, message: string): void {
    if (code === 'version_mismatch') {
      const ours = `this Worker speaks protocol version ${String(PROTOCOL_VERSION)}`;
      this.#outbox.log('error', `Cannot work for the Manager: ${message}; ${ours}`);
      this.#leave(EXIT_CODES.usage);
      return;
    }
    this.#link.refused(code, message, this.#nowMs);
  }

  #stopRequested(): void {
    const { phase } = this.#departure;
    if (phase === 'draining') this.#kill('the Worker was told twice to stop', 0);
    if (phase !== 'staying') return;
    this.#departure.drain();
    this.#outbox.log('info', `Stopping after ${String(this.#work.running)} running attempts`);
    this.#work.returnQueued(this.#nowMs);
    this.#link.sight.refuseTasks(STOPPING, this.#nowMs);
  }

  #kill(reason: string, exitCode: number): void {
    if (this.#departure.phase === 'killing') return;
    this.#departure.kill(exitCode, this.#nowMs);
    this.#outbox.log('info', `Stopping now: ${reason}`);
    this.#work.stopAll(reason, this.#nowMs);
    this.#link.sight.refuseTasks(STOPPING, this.#nowMs);
  }

  #expire(): void {
    const { orphanedAtMs } = this.#link;
    if (orphanedAtMs !== undefined && orphanedAtMs <= this.#nowMs) {
      const wasAsked = this.#departure.phase === 'draining';
      this.#kill(
        'no Manager within --orphan-timeout',
        wasAsked ? 0 : EXIT_CODES.managerUnreachable,
      );
    }
    this.#link.expire(this.#nowMs);
  }

  #leaveWhenDone(): void {
    const { running, unsettled } = this.#work;
    const exitCode = this.#departure.judge({ running, unsettled }, this.#nowMs);
    if (exitCode === undefined) return;
    if (running > 0)
      this.#outbox.log('warn', `Leaving with ${String(running)} attempts that do not end`);
    if (unsettled > 0) {
      this.#outbox.log('warn', `Leaving with ${String(unsettled)} results that nobody has taken`);
    }
    this.#leave(exitCode);
  }

  #leave(exitCode: number): void {
    this.#outbox.post({ message_type: 'goodbye' }, this.#nowMs);
    this.#outbox.push({ type: 'exit', code: exitCode });
    this.#departure.leave();
  }

  #ignore(what: string): void {
    this.#staleMessages += 1;
    this.#outbox.log('info', `Ignored ${what} (${String(this.#staleMessages)} so far)`);
  }
}
