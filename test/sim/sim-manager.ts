import type { ManagerCommand } from '../../src/manager/scheduler/commands.ts';
import { wholeOrder } from '../../src/manager/scheduler/task-order.ts';
import type { SchedulerOptions } from '../../src/manager/scheduler/context.ts';
import type { ConnectionId, ManagerEvent } from '../../src/manager/scheduler/events.ts';
import { ToldRecords } from '../../src/manager/journal/told-records.ts';
import { pastOf, recordsOf } from '../../src/manager/scheduler/snapshot.ts';
import type { JournalRecord } from '../../src/manager/scheduler/records.ts';
import type { Scheduler } from '../../src/manager/scheduler/scheduler.ts';
import type { ClientMessage } from '../../src/protocol/client-messages.ts';
import type { ManagerOrder } from '../../src/protocol/manager-orders.ts';
import type { ErrorMessage, ManagerReply } from '../../src/protocol/manager-replies.ts';
import type { Heartbeat, WorkerMessage } from '../../src/protocol/worker-messages.ts';
import { drive, type Driver } from '../../src/runtime/drive.ts';
import { ManagerStorage } from './manager-storage.ts';
import type { Host, Socket, SocketOwner } from './network.ts';
import type { SimProcess } from './sim-process.ts';
import { HEARTBEAT_MS, type Surroundings } from './surroundings.ts';
import type { SimFiles } from './sim-files.ts';

export type ToManager = WorkerMessage | ClientMessage;
export type FromManager = ManagerOrder | ManagerReply;
export type ManagerSocket = Socket<ToManager, FromManager>;

/** The part of a journal that a Manager needs while it runs. */
export interface SimJournal {
  append(record: JournalRecord): void;
}

export interface ManagerParts {
  readonly host: Host;
  readonly process: SimProcess;
  readonly files: SimFiles;
  readonly options: SchedulerOptions;
  readonly scheduler: Scheduler;
  readonly journal: (manager: SimManager) => SimJournal;
  readonly onExit: (code: number) => void;
}

const WORKER_MESSAGES: ReadonlySet<string> = new Set<WorkerMessage['message_type']>([
  'register',
  'ready',
  'started',
  'progress',
  'finished',
  'failed',
  'returned',
  'goodbye',
  'heartbeat',
]);

/** One life of a Manager: the real core and driver between virtual sockets and a virtual disk. */
export class SimManager implements SocketOwner {
  readonly host: Host;
  readonly process: SimProcess;
  readonly epoch: number;
  readonly #world: Surroundings;
  readonly #parts: ManagerParts;
  readonly #driver: Driver<ManagerEvent>;
  readonly #journal: SimJournal;
  readonly #storage: ManagerStorage;
  readonly #told = new ToldRecords();
  readonly #sockets = new Map<ConnectionId, ManagerSocket>();
  #nextConnection = 1;

  constructor(world: Surroundings, parts: ManagerParts) {
    this.#world = world;
    this.#parts = parts;
    this.host = parts.host;
    this.process = parts.process;
    this.epoch = parts.options.epoch;
    this.#storage = new ManagerStorage(world, parts.files);
    this.#driver = drive<ManagerEvent, ManagerCommand>(parts.scheduler, {
      perform: (command) => this.#perform(command),
      clock: parts.process,
      tickEvent: { type: 'tick' },
      pausedEvent: (pauseMs) => ({ type: 'paused', pauseMs }),
      pauseThresholdMs: HEARTBEAT_MS,
      onStep: (event, _nowMs, commands) => {
        if (event.type === 'recorded') this.#told.stepped(event.record);
        world.trace?.step(event, commands);
        world.audit.managerStep(this.epoch, event, commands);
      },
      onBug: (error) => {
        world.audit.assertion(error);
        this.die();
        parts.onExit(70);
      },
    });
    this.#journal = parts.journal(this);
  }

  /** A record is on the disk. */
  tell(record: JournalRecord): void {
    this.#told.told(record);
    this.push({ type: 'recorded', record });
  }

  /** The present state in records. */
  snapshot(): readonly JournalRecord[] {
    return [...recordsOf(pastOf(this.#parts.scheduler.state)), ...this.#told.underWay];
  }

  /** Its journal is not to be trusted any more. */
  fail(error: unknown): void {
    if (!this.process.isAlive) return;
    this.#world.trace?.say(`--- the Manager gives up: ${String(error)}`);
    this.die();
    this.#parts.onExit(1);
  }

  get isStopped(): boolean {
    return !this.process.isAlive;
  }

  push(event: ManagerEvent): void {
    if (this.process.isAlive) this.#driver.push(event);
  }

  accept(socket: ManagerSocket): void {
    const connection = this.#nextConnection;
    this.#nextConnection += 1;
    this.#sockets.set(connection, socket);
    let isWorker: boolean | undefined;
    socket.listen({
      receive: (message) => {
        isWorker ??= WORKER_MESSAGES.has(message.message_type);
        if (isWorker) {
          const said = message as WorkerMessage;
          this.push({ type: 'worker_message', connection, message: said, address: '10.0.0.1' });
        } else this.#clientSaid(connection, message as ClientMessage);
      },
      closed: (reason) => {
        this.#sockets.delete(connection);
        if (isWorker === true) this.push({ type: 'worker_closed', connection, reason });
        if (isWorker === false) this.push({ type: 'client_closed', client: connection });
      },
    });
  }

  heartbeat(message: Heartbeat): void {
    this.process.hear(() => this.push({ type: 'heartbeat', message }));
  }

  /** The kernel closes the sockets of a process that dies, unless the whole machine goes. */
  die(withItsMachine = false): void {
    this.#driver.stop();
    this.process.kill();
    for (const socket of this.#sockets.values()) {
      if (withItsMachine) socket.vanish();
      else socket.close('connection reset');
    }
    this.#sockets.clear();
  }

  #clientSaid(client: ConnectionId, message: ClientMessage): void {
    if (message.message_type === 'has_files' || message.message_type === 'put_file') return;
    this.push({ type: 'client_message', client, message, wallMs: this.process.wallMs() });
  }

  #perform(command: ManagerCommand): void {
    switch (command.type) {
      case 'send_worker':
        this.#world.audit.ordered(this.epoch, command.connection, wholeOrder(command));
        return this.#sockets.get(command.connection)?.send(wholeOrder(command));
      case 'refuse_worker':
        this.#answerWithError(command);
        return this.#close(command.connection);
      case 'close_worker':
        return this.#close(command.connection);
      case 'send_client':
        this.#world.audit.replied(this.epoch, command.message);
        return this.#sockets.get(command.client)?.send(command.message);
      case 'close_client':
        return this.#close(command.client);
      case 'append':
        this.#world.audit.appended(this.epoch, command.record);
        return this.#journal.append(command.record);
      case 'exit':
        this.die();
        return this.#parts.onExit(command.code);
      case 'read_log':
      case 'read_plan':
        return this.push({ type: 'client_answered', client: command.client });
      default:
        return this.#store(command);
    }
  }

  #answerWithError({
    connection,
    code,
    message,
  }: Extract<ManagerCommand, { type: 'refuse_worker' }>): void {
    const error: ErrorMessage = { message_type: 'error', code, message };
    this.#sockets.get(connection)?.send(error);
  }

  #close(connection: ConnectionId): void {
    const socket = this.#sockets.get(connection);
    if (!socket) return;
    this.#sockets.delete(connection);
    socket.close('closed by the Manager');
    // The shell tells the core of every end of a connection, whoever closed it.
    this.process.afterSockets(() => {
      this.push({ type: 'worker_closed', connection, reason: 'closed here' });
      this.push({ type: 'client_closed', client: connection });
    });
  }

  #store(command: ManagerCommand): void {
    const outcome = this.#storage.perform(command);
    if (!outcome) return;
    outcome.then(
      (event) => {
        if (event) this.push(event);
      },
      (error: unknown) => {
        this.#world.audit.assertion(error);
        this.die();
        this.#parts.onExit(70);
      },
    );
  }
}
