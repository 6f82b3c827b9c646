import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * Stands between Workers and the Manager on one port number, TCP and UDP, and can swallow either.
 * What is swallowed is not closed: it vanishes, as behind a firewall that forgot the flow.
 */
export class FaultProxy {
  dropTcp = false;
  dropUdp = false;
  readonly port: number;
  readonly #server: Server;
  readonly #udp: UdpSocket;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, udp: UdpSocket) {
    this.#server = server;
    this.#udp = udp;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Listens on a free port and leads to `target` on loopback; ends with the test. */
  static async start(target: number): Promise<FaultProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const udp = createSocket('udp4');
    const proxy = new FaultProxy(server, udp);
    udp.bind(proxy.port, '127.0.0.1');
    await once(udp, 'listening');
    udp.on('message', (datagram) => {
      if (!proxy.dropUdp) udp.send(datagram, target, '127.0.0.1');
    });
    server.on('connection', (socket) => proxy.#join(socket, target));
    onTestFinished(() => proxy.#close());
    return proxy;
  }

  #join(near: Socket, target: number): void {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => {
        if (!this.dropTcp) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        if (!this.dropTcp) to.destroy();
      });
    }
  }

  #close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    this.#udp.close();
  }
}
