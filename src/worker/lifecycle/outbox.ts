import type {
  Failed,
  Finished,
  Goodbye,
  NumberedWorkerMessage,
  Progress,
  Ready,
  Returned,
  Started,
} from '../../protocol/worker-messages.ts';
import type { LogLevel } from '../../runtime/log-level.ts';
import { Acknowledgement } from './acknowledgement.ts';
import type { WorkerCommand } from './commands.ts';
import type { ConnectionId } from './events.ts';

type Unnumbered<Message> = Message extends unknown
  ? Omit<Message, keyof NumberedWorkerMessage>
  : never;

/** A message without what the outbox adds: who speaks, epoch and number. */
export type MessageBody = Unnumbered<
  Ready | Started | Progress | Finished | Failed | Returned | Goodbye
>;

/** How a finished attempt is reported, as often as it takes. */
export type AttemptReport = Unnumbered<Finished | Failed>;

/** The commands of one step, in order, and the numbers of the messages among them. */
export class Outbox {
  readonly acknowledgement = new Acknowledgement();
  readonly #identity: { readonly worker_id: string; readonly nonce: string };
  #commands: WorkerCommand[] = [];
  #open: { readonly connection: ConnectionId; readonly epoch: number } | undefined;
  /** Attempts that were listed in `register` and are gone before its answer. */
  #returned: MessageBody[] | undefined;

  constructor(workerId: string, nonce: string) {
    this.#identity = { worker_id: workerId, nonce };
  }

  /**
   * Registering: what this Worker has was listed just now. An attempt that is returned before the
   * answer would run for ever in the Manager's books, so that word is kept.
   */
  registering(): void {
    this.#returned = [];
  }

  /** Registered: messages go out on this connection from now on. */
  open(connection: ConnectionId, epoch: number, nowMs: number): void {
    this.#open = { connection, epoch };
    this.acknowledgement.open(nowMs);
    for (const body of this.#returned ?? []) this.post(body, nowMs);
    this.#returned = undefined;
  }

  /** No Manager: what is posted from now on is left for the next registration to say. */
  close(): void {
    this.#open = undefined;
    this.#returned = undefined;
  }

  push(command: WorkerCommand): void {
    this.#commands.push(command);
  }

  log(level: LogLevel, message: string): void {
    this.#commands.push({ type: 'log', level, message });
  }

  /** Sends a message to the Manager if there is one. */
  post(body: MessageBody, nowMs: number): void {
    if (this.#open === undefined) {
      if (body.message_type === 'returned') this.#returned?.push(body);
      return;
    }
    const { connection, epoch } = this.#open;
    const number = this.acknowledgement.next(nowMs);
    const message = { ...body, ...this.#identity, epoch, number };
    this.#commands.push({ type: 'send', connection, message });
  }

  /** All commands since the last time. */
  take(): readonly WorkerCommand[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }
}
