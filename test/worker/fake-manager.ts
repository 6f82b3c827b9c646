import type { MessageOf } from '../../src/protocol/directions.ts';
import type { RegisterAck } from '../../src/protocol/manager-orders.ts';
import type { Connection } from '../../src/protocol/net/connection.ts';
import { listenTcp, type TcpListener } from '../../src/protocol/net/tcp-listener.ts';
import { type HeartbeatListener, listenHeartbeats } from '../../src/protocol/net/udp.ts';
import type { AnswerOf } from '../../src/protocol/directions.ts';
import type { Heartbeat, WorkerMessage } from '../../src/protocol/worker-messages.ts';
import { steadyPort } from '../steady-port.ts';

type Told = MessageOf<'to_manager'> | Heartbeat | { readonly message_type: 'closed' };

/** A Manager's port, played by a test: says what it is told to and keeps what it hears. */
export class FakeManager {
  readonly #tcp: TcpListener;
  readonly #udp: HeartbeatListener;
  readonly #heard: Told[] = [];
  #wake: () => void = () => undefined;
  #connection: Connection<'to_manager'> | undefined;
  #numbers = 0;

  /** @param port a free one unless given */
  static async start(port?: number): Promise<FakeManager> {
    const ready: { manager?: FakeManager } = {};
    const tcp = await listenTcp({
      host: '127.0.0.1',
      port: port ?? (await steadyPort()),
      direction: 'to_manager',
      onConnection: (connection) => ready.manager?.adopt(connection),
    });
    const udp = await listenHeartbeats({
      host: '127.0.0.1',
      port: tcp.port,
      onHeartbeat: (heartbeat) => ready.manager?.hear(heartbeat),
    });
    ready.manager = new FakeManager(tcp, udp);
    return ready.manager;
  }

  private constructor(tcp: TcpListener, udp: HeartbeatListener) {
    this.#tcp = tcp;
    this.#udp = udp;
  }

  get port(): number {
    return this.#tcp.port;
  }

  adopt(connection: Connection<'to_manager'>): void {
    this.#connection = connection;
    connection.onClose(() => this.hear({ message_type: 'closed' }));
    connection.onMessage((message) => this.hear(message));
  }

  hear(message: Told): void {
    this.#heard.push(message);
    this.#wake();
  }

  /** The next message of this type that came, or comes; earlier ones are forgotten with it. */
  async next<T extends WorkerMessage['message_type'] | 'closed'>(
    type: T,
  ): Promise<Extract<Told, { readonly message_type: T }>> {
    for (;;) {
      const index = this.#heard.findIndex((message) => message.message_type === type);
      const [found] = index === -1 ? [] : this.#heard.splice(0, index + 1).slice(-1);
      if (found) return found as Extract<Told, { readonly message_type: T }>;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(message: AnswerOf<'to_manager'>): void {
    this.#connection?.send(message);
  }

  /** Sends an order with epoch and number. */
  order(body: object): void {
    this.#numbers += 1;
    this.send({ ...body, epoch: 1, number: this.#numbers } as AnswerOf<'to_manager'>);
  }

  /** Takes the next registration. */
  async register(changes: Partial<RegisterAck> & Pick<RegisterAck, 'shared_directory'>) {
    const register = await this.next('register');
    this.send({
      message_type: 'register_ack',
      protocol_version: 1,
      epoch: 1,
      heartbeat_interval_ms: 2000,
      cluster_id: 'cluster-1',
      token: 'token-1',
      received: 0,
      udp_confirmed: false,
      ...changes,
    });
    return register;
  }

  /** Cuts the connection as a network does. */
  cut(): void {
    this.#connection?.destroy();
  }

  async close(): Promise<void> {
    this.#connection?.destroy();
    await Promise.all([this.#tcp.close(), this.#udp.close()]);
  }
}
