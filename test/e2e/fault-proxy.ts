import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What happens to datagrams, in percent of them. */
interface UdpFaults {
  readonly lost: number;
  readonly doubled: number;
  /** Held back until the next one has gone. */
  readonly late: number;
  /** A number below 1 each time: a seeded generator. */
  readonly random: () => number;
}

/**
 * Stands between Workers and the Manager on one port number, TCP and UDP, and can swallow either.
 * What is swallowed is not closed: it vanishes, as behind a firewall that forgot the flow. What a
 * {@link Strait} keeps back comes through later, as after a cut that TCP outlives.
 */
export class FaultProxy {
  dropTcp = false;
  dropUdp = false;
  udpFaults: UdpFaults | undefined;
  /** Changes what Workers say. */
  rewrite: ((chunk: Buffer) => Buffer) | undefined;
  readonly toManager = new Strait();
  readonly toWorker = new Strait();
  readonly port: number;
  readonly #server: Server;
  readonly #udp: UdpSocket;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #late: Buffer | undefined;

  private constructor(server: Server, udp: UdpSocket, target: number) {
    this.#server = server;
    this.#udp = udp;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Listens on a free port and leads to `target` on loopback; ends with the test. */
  static async start(target: number): Promise<FaultProxy> {
    const { server, udp } = await listen();
    const proxy = new FaultProxy(server, udp, target);
    udp.on('message', (datagram) => proxy.#forward(datagram));
    server.on('connection', (socket) => proxy.#join(socket));
    onTestFinished(() => proxy.#close());
    return proxy;
  }

  #forward(datagram: Buffer): void {
    if (this.dropUdp) return;
    const { lost, doubled, late, random } = this.udpFaults ?? NO_FAULTS;
    if (random() * 100 < lost) return;
    const before = this.#late;
    this.#late = undefined;
    if (before === undefined && random() * 100 < late) this.#late = datagram;
    else this.#send(datagram);
    if (before !== undefined) this.#send(before);
    if (random() * 100 < doubled) this.#send(datagram);
  }

  #send(datagram: Buffer): void {
    this.#udp.send(datagram, this.#target, '127.0.0.1');
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    this.#pipe(near, far, this.toManager, (chunk) => this.rewrite?.(chunk) ?? chunk);
    this.#pipe(far, near, this.toWorker, (chunk) => chunk);
  }

  #pipe(from: Socket, to: Socket, strait: Strait, change: (chunk: Buffer) => Buffer): void {
    this.#sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      if (this.dropTcp) return;
      strait.pass(() => {
        if (!to.destroyed) to.write(change(chunk));
      });
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!this.dropTcp) strait.pass(() => to.destroy());
    });
  }

  #close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    this.#udp.close();
  }
}

/** TCP and UDP on one free port; what is free for one may be taken for the other. */
async function listen(): Promise<{ server: Server; udp: UdpSocket }> {
  for (;;) {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const udp = createSocket('udp4');
    udp.bind((server.address() as AddressInfo).port, '127.0.0.1');
    try {
      await once(udp, 'listening');
      return { server, udp };
    } catch (error) {
      udp.close();
      server.close();
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

const NO_FAULTS: UdpFaults = { lost: 0, doubled: 0, late: 0, random: () => 1 };

/** One direction: while it is closed all waits, in order. */
class Strait {
  #closed = false;
  #waiting: (() => void)[] = [];

  close(): void {
    this.#closed = true;
  }

  open(): void {
    this.#closed = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const action of waiting) action();
  }

  pass(action: () => void): void {
    if (this.#closed) this.#waiting.push(action);
    else action();
  }
}
