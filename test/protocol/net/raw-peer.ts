import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A peer that writes whatever bytes a test wants and keeps what comes back. */
export class RawPeer {
  readonly socket: Socket;
  readonly #closed: Promise<unknown>;
  #received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#received += text;
    });
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  get received(): string {
    return this.#received;
  }

  /** Writes and waits until the system has taken it. */
  async write(bytes: string | Uint8Array): Promise<void> {
    await new Promise((resolve) => {
      this.socket.write(bytes, resolve);
    });
  }

  /** Ends this side, as `nc -N` does. */
  end(): void {
    this.socket.end();
  }

  /** The answers so far, once there are at least `count`. */
  async answers(count: number): Promise<Record<string, unknown>[]> {
    for (;;) {
      const lines = this.#received.split('\n').slice(0, -1);
      if (lines.length >= count) return lines.map(parse);
      await once(this.socket, 'data');
    }
  }

  /** Everything that came, once the other side has ended the connection. */
  async untilEnd(): Promise<string> {
    if (!this.socket.readableEnded && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'end'), this.#closed]);
    }
    this.socket.end();
    await this.#closed;
    return this.#received;
  }
}

function parse(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>;
}
