import { onTestFinished } from 'vitest';
import type { ClientMessage } from '../../src/protocol/client-messages.ts';
import type { ManagerReply } from '../../src/protocol/manager-replies.ts';
import type { Connection } from '../../src/protocol/net/connection.ts';
import { listenTcp, type TcpListener } from '../../src/protocol/net/tcp-listener.ts';
import type { ManagerAddress } from '../../src/submit/manager-address.ts';
import { steadyPort } from '../steady-port.ts';

export type ClientConnection = Connection<'from_client'>;

/** Answers a message; the connection is there to be closed or to send on later. */
export type Script = (
  message: ClientMessage,
  connection: ClientConnection,
) => readonly ManagerReply[];

/** Speaks the Manager's part over real sockets, as a test tells it to. */
export class FakeManager {
  readonly received: ClientMessage[] = [];
  readonly connections: ClientConnection[] = [];
  script: Script;
  readonly #listener: TcpListener;
  readonly #waiting: { type: string; resolve: () => void }[] = [];

  private constructor(script: Script, listener: TcpListener) {
    this.script = script;
    this.#listener = listener;
  }

  /** @param port a free one unless given */
  static async start(script: Script, port?: number): Promise<FakeManager> {
    const holder: { manager?: FakeManager } = {};
    const listener = await listenTcp({
      host: '127.0.0.1',
      port: port ?? (await steadyPort()),
      direction: 'from_client',
      onConnection: (connection) => holder.manager?.take(connection),
    });
    const manager = new FakeManager(script, listener);
    holder.manager = manager;
    onTestFinished(() => manager.stop());
    return manager;
  }

  get address(): ManagerAddress {
    const port = this.#listener.port;
    return { host: '127.0.0.1', port, flags: ['--manager-port', String(port)] };
  }

  /** Cuts every connection, as a killed process would; new ones are still taken. */
  cut(): void {
    for (const connection of this.connections.splice(0)) connection.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await this.#listener.close();
  }

  /** Resolves when a message of this type has come; at once when it has already. */
  async got(type: ClientMessage['message_type']): Promise<void> {
    if (this.received.some((message) => message.message_type === type)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ type, resolve }));
  }

  types(): readonly string[] {
    return this.received.map((message) => message.message_type);
  }

  take(connection: ClientConnection): void {
    this.connections.push(connection);
    connection.onMessage((message) => {
      if (message.message_type === 'error') return;
      this.received.push(message);
      for (const reply of this.script(message, connection)) connection.send(reply);
      for (const { type, resolve } of this.#waiting) {
        if (type === message.message_type) resolve();
      }
    });
    connection.onPeerEnd(() => connection.close());
  }
}
