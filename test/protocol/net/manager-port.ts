import type { MessageOf } from '../../../src/protocol/index.ts';
import type { BadDocument, CloseReason, Connection } from '../../../src/protocol/net/connection.ts';
import {
  listenTcp,
  type TcpListener,
  type TcpListenerOptions,
} from '../../../src/protocol/net/tcp-listener.ts';
import { ManualTimers } from './manual-timers.ts';

type Served = Connection<'to_manager'>;
type Request = MessageOf<'to_manager'>;

export const REGISTER = {
  message_type: 'register',
  worker_id: 'node1-1',
  nonce: 'n1',
  protocol_version: 1,
  slots: 2,
  capabilities: [],
  host: '127.0.0.1',
  port: 6001,
  cluster_id: null,
  received: 0,
  attempts: [],
} as const;
export const JOB = JSON.stringify({
  message_type: 'new_manager_job',
  input_directory: 'in',
  output_directory: 'out',
  mapper_executable: 'cat',
  reducer_executable: 'cat',
});
export const LIST = '{"message_type":"list_workers"}';

/** A Manager's port that answers `list_workers` and remembers all that happens. */
export class ManagerPort {
  readonly timers = new ManualTimers();
  readonly requests: Request[] = [];
  readonly bad: BadDocument[] = [];
  readonly connections: Served[] = [];
  readonly closed: CloseReason[] = [];
  readonly refused: string[] = [];
  peerEnds = 0;
  #waiters: (() => void)[] = [];
  #listener: TcpListener | undefined;

  async start(options: Partial<TcpListenerOptions<'to_manager'>> = {}): Promise<void> {
    this.timers.onChange = () => {
      this.#changed();
    };
    this.#listener = await listenTcp({
      host: 'localhost',
      port: 0,
      direction: 'to_manager',
      timers: this.timers,
      onBadDocument: (bad) => {
        this.bad.push(bad);
        this.#changed();
      },
      onConnection: (connection) => {
        this.connections.push(connection);
        connection.onMessage((message) => {
          this.requests.push(message);
          if (message.message_type === 'list_workers') {
            connection.send({ message_type: 'workers', workers: [] });
          }
          this.#changed();
        });
        connection.onPeerEnd(() => {
          this.peerEnds++;
          this.#changed();
        });
        connection.onClose((reason) => {
          this.closed.push(reason);
          this.#changed();
        });
        this.#changed();
      },
      onRefused: (refused) => {
        this.refused.push(refused.reason);
        this.#changed();
      },
      ...options,
    });
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  get types(): string[] {
    return this.requests.map((request) => request.message_type);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
  }

  /** Closes in order. */
  async close(): Promise<void> {
    await this.#listener?.close();
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.destroy();
    await this.close();
  }

  #changed(): void {
    for (const resume of this.#waiters.splice(0)) resume();
  }
}
