import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { decodeLine } from '../decode.ts';
import { encodeLine } from '../encode.ts';
import type { Heartbeat } from '../worker-messages.ts';
import type { BadDocument } from './connection.ts';
import { addressText, causeInWords, netError, plainHost } from './net-error.ts';
import type { PeerUser } from './peer-uid.ts';
import type { Endpoint } from './socket-table.ts';

export interface HeartbeatListenerOptions {
  readonly host: string;
  /** The number of the TCP port; 0 takes a free one. */
  readonly port: number;
  /** Who owns the sender's socket; datagrams of other users are dropped unread. */
  readonly checkPeer?: ((peer: Endpoint) => Promise<PeerUser>) | undefined;
  readonly onHeartbeat: (heartbeat: Heartbeat, peer: string) => void;
  /** A datagram that was dropped, for the log. Nothing is ever answered. */
  readonly onBad?: ((bad: BadDocument) => void) | undefined;
}

export interface HeartbeatListener {
  readonly port: number;
  /** What the kernel granted of the 4 MiB asked (it counts its own overhead in). */
  readonly receiveBufferBytes: number;
  close(): Promise<void>;
}

/** Room for the heartbeats of thousands of Workers while the event loop is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Datagrams whose sender's user is being looked up; more are dropped, as a full buffer would. */
const LOOKUPS_MAX = 1024;

/**
 * Receives heartbeats. `localhost` means 127.0.0.1.
 * @throws {NetError} when the address cannot be had
 */
export async function listenHeartbeats(
  options: HeartbeatListenerOptions,
): Promise<HeartbeatListener> {
  const host = plainHost(options.host);
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  });
  let lookups = 0;
  socket.on('message', (datagram, sender) => {
    if (options.checkPeer === undefined) {
      receive(datagram, sender, options);
    } else if (lookups < LOOKUPS_MAX) {
      lookups++;
      void receiveChecked(datagram, sender, options, options.checkPeer).finally(() => {
        lookups--;
      });
    }
  });
  await bind(socket, host, options.port);
  socket.on('error', (error) => {
    options.onBad?.({ peer: 'unknown', code: 'internal', reason: causeInWords(error) });
  });
  return {
    port: socket.address().port,
    receiveBufferBytes: socket.getRecvBufferSize(),
    close: () =>
      new Promise((resolve) => {
        socket.close(resolve);
      }),
  };
}

function bind(socket: Socket, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(netError(`Cannot receive heartbeats on UDP ${addressText(host, port)}`, error));
    };
    socket.once('error', onError);
    socket.bind(port, host, () => {
      socket.off('error', onError);
      resolve();
    });
  });
}

async function receiveChecked(
  datagram: Uint8Array,
  sender: RemoteInfo,
  options: HeartbeatListenerOptions,
  checkPeer: (peer: Endpoint) => Promise<PeerUser>,
): Promise<void> {
  const user = await checkPeer({ address: sender.address, port: sender.port });
  if (user === 'same_user') {
    receive(datagram, sender, options);
    return;
  }
  const reason =
    user === 'other_user'
      ? 'A datagram came from a process of another user'
      : 'A datagram came from a process whose user is not known';
  options.onBad?.({ peer: peerText(sender), code: 'not_allowed', reason });
}

function receive(
  datagram: Uint8Array,
  sender: RemoteInfo,
  options: HeartbeatListenerOptions,
): void {
  const decoded = decodeLine(datagram, 'heartbeat');
  if (decoded.ok) {
    options.onHeartbeat(decoded.message, peerText(sender));
  } else {
    options.onBad?.({ peer: peerText(sender), code: decoded.code, reason: decoded.reason });
  }
}

function peerText(sender: RemoteInfo): string {
  return addressText(sender.address, sender.port);
}

/** Sends heartbeats over one socket to an address that was looked up once. Never throws on sending. */
export class HeartbeatSender {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #port: number;
  #closed = false;
  #sent = 0;
  #failed = 0;
  #lastError: string | undefined;

  private constructor(socket: Socket, address: string, port: number) {
    this.#socket = socket;
    this.#address = address;
    this.#port = port;
    socket.on('error', (error) => {
      this.#count(error);
    });
  }

  /**
   * @throws {NetError} when the host name is not known
   */
  static async open(manager: {
    readonly host: string;
    readonly port: number;
  }): Promise<HeartbeatSender> {
    const host = plainHost(manager.host);
    try {
      const { address, family } = await lookup(host);
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      return new HeartbeatSender(socket, address, manager.port);
    } catch (error) {
      throw netError(`Cannot send heartbeats to ${addressText(host, manager.port)}`, error);
    }
  }

  /** Heartbeats that the kernel took; whether they arrive only the Manager can tell. */
  get sentCount(): number {
    return this.#sent;
  }

  get failedCount(): number {
    return this.#failed;
  }

  /** In words, of the last heartbeat that could not be sent. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  send(heartbeat: Heartbeat): void {
    if (this.#closed) return;
    this.#socket.send(encodeLine(heartbeat), this.#port, this.#address, (error) => {
      this.#count(error);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #count(error: Error | null): void {
    if (error === null) {
      this.#sent++;
    } else {
      this.#failed++;
      this.#lastError = causeInWords(error);
    }
  }
}
