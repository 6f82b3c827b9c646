import type { Connection } from '../protocol/net/connection.ts';
import { causeInWords, NetError } from '../protocol/net/net-error.ts';
import type { PeerUser, SocketPair } from '../protocol/net/peer-uid.ts';
import { connectTcp, OTHER_USER } from '../protocol/net/tcp-connect.ts';
import type { WorkerMessage } from '../protocol/worker-messages.ts';
import type { ConnectionId, WorkerEvent } from './lifecycle/events.ts';

export interface ManagerConnectionOptions {
  /** Resolved once, so that a slow resolver cannot stop the Worker. */
  readonly address: string;
  readonly port: number;
  /** Who owns the Manager's listener; left out: anybody. */
  readonly checkPeer: ((pair: SocketPair) => Promise<PeerUser>) | undefined;
  readonly push: (event: WorkerEvent) => void;
  readonly onBadDocument: (message: string) => void;
}

/** Longer than the core waits, which decides. */
const CONNECT_TIMEOUT_MS = 30_000;
/** How long the last words may take to leave. */
const FLUSH_TIMEOUT_MS = 500;

type ManagersEnd = Connection<'from_manager_to_worker'>;

/** The one connection to the Manager: what the core asks of it, and what happens to it as events. */
export class ManagerConnection {
  readonly #options: ManagerConnectionOptions;
  #current: { readonly id: ConnectionId; readonly abort: AbortController } | undefined;
  #connection: ManagersEnd | undefined;

  constructor(options: ManagerConnectionOptions) {
    this.#options = options;
  }

  /** `connected` or `disconnected` follows, unless {@link disconnect} comes first. */
  connect(id: ConnectionId): void {
    const abort = new AbortController();
    this.#current = { id, abort };
    void this.#open(id, abort.signal);
  }

  /** At once; no event follows. */
  disconnect(id: ConnectionId): void {
    if (this.#current?.id !== id) return;
    this.#current.abort.abort();
    this.#current = undefined;
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  send(id: ConnectionId, message: WorkerMessage): void {
    if (this.#current?.id === id) this.#connection?.send(message);
  }

  /** Lets what was sent leave and ends the connection; no event follows. */
  async close(): Promise<void> {
    const connection = this.#connection;
    const current = this.#current;
    this.#current = undefined;
    this.#connection = undefined;
    if (!connection) {
      // Not before: aborting would destroy an open socket with what is in it.
      current?.abort.abort();
      return;
    }
    const gone = new Promise<void>((resolve) => {
      connection.onClose(() => resolve());
      setTimeout(resolve, FLUSH_TIMEOUT_MS).unref();
    });
    connection.close();
    await gone;
    connection.destroy();
  }

  async #open(id: ConnectionId, signal: AbortSignal): Promise<void> {
    const { address, port, checkPeer } = this.#options;
    try {
      const connection = await connectTcp({
        host: address,
        port,
        direction: 'from_manager_to_worker',
        timeoutMs: CONNECT_TIMEOUT_MS,
        checkPeer,
        signal,
        onBadDocument: ({ code, reason }) => {
          this.#options.onBadDocument(reason);
          // An answer to `register` in another version of the protocol is refused by its reader.
          if (code === 'version_mismatch')
            this.#push(id, { type: 'refused', code, message: reason });
        },
      });
      if (this.#current?.id === id) this.#take(id, connection);
      else connection.destroy();
    } catch (error) {
      this.#push(id, { type: 'disconnected', reason: reasonOf(error) });
    }
  }

  #take(id: ConnectionId, connection: ManagersEnd): void {
    this.#connection = connection;
    connection.onClose(({ text }) => {
      if (this.#connection === connection) this.#connection = undefined;
      this.#push(id, { type: 'disconnected', reason: text });
    });
    this.#push(id, { type: 'connected' });
    connection.onMessage((message) => {
      if (message.message_type === 'error') {
        this.#push(id, { type: 'refused', code: message.code, message: message.message });
      } else {
        this.#push(id, { type: 'order', order: message });
      }
    });
  }

  /** Events of a connection that was given up are of no interest. */
  #push(id: ConnectionId, event: WithoutConnection): void {
    if (this.#current?.id !== id) return;
    this.#options.push({ ...event, connection: id });
  }
}

type OfConnection = Extract<WorkerEvent, { readonly connection: ConnectionId }>;
type WithoutConnection = OfConnection extends infer Event
  ? Event extends OfConnection
    ? Omit<Event, 'connection'>
    : never
  : never;

/** Only the cause: the core says which Manager. */
function reasonOf(error: unknown): string {
  if (!(error instanceof NetError)) return causeInWords(error);
  if (error.code === OTHER_USER) return 'the process that listens there is not of this user';
  return error.cause === undefined ? error.message : causeInWords(error.cause);
}
