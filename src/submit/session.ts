import type { ClientMessage } from '../protocol/client-messages.ts';
import type { JobEvent, JobReport } from '../protocol/job-report.ts';
import type { ErrorMessage, ManagerReply } from '../protocol/manager-replies.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { UserError } from '../runtime/user-error.ts';

/** The reply of one message type. */
type ReplyOf<T extends ManagerReply['message_type']> = Extract<ManagerReply, { message_type: T }>;

/** How a session speaks; `protocol/net`'s connection is one. */
export interface SessionChannel {
  send(message: ClientMessage): void;
  close(): void;
}

/** Takes every numbered event and every snapshot of a watched job. */
export type EventListener = (event: JobEvent, number: number) => void;

/** The Manager closed the connection, or the network did. Whoever waits for a job tries again. */
export class ConnectionLostError extends UserError {
  constructor(address: string) {
    super(`Lost the connection to the Manager at ${address}`, EXIT_CODES.managerUnreachable);
  }
}

interface Pending {
  readonly expected: ManagerReply['message_type'];
  readonly resolve: (reply: ManagerReply) => void;
  readonly reject: (error: Error) => void;
}

interface Watch {
  readonly onEvent: EventListener;
  readonly resolve: (report: JobReport) => void;
  readonly reject: (error: Error) => void;
  /** Until the first event an `error` may be the answer to `watch_job`. */
  answered: boolean;
}

/**
 * One conversation with the Manager. Replies come in the order of the requests; events of a watched
 * job may come between them.
 */
export class Session {
  readonly #channel: SessionChannel;
  readonly #address: string;
  readonly #pending: Pending[] = [];
  #watch: Watch | undefined;
  /** An `error` that answered nothing: why the Manager is about to close. */
  #refusal: UserError | undefined;
  #ended: UserError | undefined;
  readonly #closed: Promise<void>;
  #markClosed: () => void = () => undefined;

  constructor(channel: SessionChannel, address: string) {
    this.#channel = channel;
    this.#address = address;
    this.#closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
  }

  /**
   * Sends a request and waits for its reply.
   * @throws UserError with the Manager's own words when it answers `error`
   * @throws ConnectionLostError
   */
  async request<T extends ManagerReply['message_type']>(
    message: ClientMessage,
    expected: T,
  ): Promise<ReplyOf<T>> {
    const reply = await new Promise<ManagerReply>((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#pending.push({ expected, resolve, reject });
      this.#channel.send(message);
    });
    return reply as ReplyOf<T>;
  }

  /**
   * Streams a job's events after number `from`, and resolves with its report at the end.
   * @throws UserError when the job is not known
   * @throws ConnectionLostError
   */
  watchJob(job: string, from: number, onEvent: EventListener): Promise<JobReport> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#watch = { onEvent, resolve, reject, answered: false };
      this.#channel.send({ message_type: 'watch_job', job, from });
    });
  }

  /** Asks for the end of the cluster; resolves when the Manager has closed the connection. */
  async shutdownCluster(): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    this.#channel.send({ message_type: 'shutdown' });
    await this.#closed;
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  close(): void {
    this.#channel.close();
  }

  /** For the channel: a message has come. */
  receive(reply: ManagerReply): void {
    switch (reply.message_type) {
      case 'job_event':
        if (this.#watch === undefined) return;
        this.#watch.answered = true;
        this.#watch.onEvent(reply.event, reply.number);
        return;
      case 'job_finished':
        this.#watch?.resolve(reply.report);
        this.#watch = undefined;
        return;
      case 'error':
        this.#receiveError(reply);
        return;
      default:
        this.#answer(reply);
    }
  }

  /** For the channel: nothing more will come, and why where that is the peer's fault. */
  end(reason?: UserError): void {
    if (this.#ended !== undefined) return;
    const error = this.#refusal ?? reason ?? new ConnectionLostError(this.#address);
    this.#ended = error;
    for (const { reject } of this.#pending.splice(0)) reject(error);
    this.#watch?.reject(error);
    this.#watch = undefined;
    this.#markClosed();
  }

  #answer(reply: ManagerReply): void {
    const pending = this.#pending.shift();
    if (pending?.expected === reply.message_type) {
      pending.resolve(reply);
      return;
    }
    pending?.reject(
      new UserError(
        `Cannot understand the Manager at ${this.#address}: it answered "${reply.message_type}" to something else`,
        EXIT_CODES.managerUnreachable,
      ),
    );
  }

  #receiveError(reply: ErrorMessage): void {
    const error = errorOf(reply);
    const pending = this.#pending.shift();
    if (pending !== undefined) {
      pending.reject(error);
      return;
    }
    if (this.#watch?.answered === false) {
      this.#watch.reject(error);
      this.#watch = undefined;
      return;
    }
    this.#refusal = error;
  }
}

/** A stopping Manager is as good as none: scripts may try again. All else is ours to put right. */
function errorOf({ code, message }: ErrorMessage): UserError {
  const exitCode = code === 'stopping' ? EXIT_CODES.managerUnreachable : EXIT_CODES.usage;
  return new UserError(message, exitCode);
}
