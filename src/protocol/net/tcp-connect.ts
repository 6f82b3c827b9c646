import { connect, type Socket } from 'node:net';
import { type BadDocument, Connection, type TcpDirection } from './connection.ts';
import { addressText, NetError, netError, plainHost } from './net-error.ts';
import type { PeerUser, SocketPair } from './peer-uid.ts';
import type { Timers } from './timers.ts';

export interface TcpConnectOptions<D extends TcpDirection> {
  readonly host: string;
  readonly port: number;
  /** What the peer may send: `from_manager_to_client`, `from_manager_to_worker`. */
  readonly direction: D;
  readonly timeoutMs: number;
  /** Who owns the listener; one of another user is not spoken to. Left out: all are taken. */
  readonly checkPeer?: ((pair: SocketPair) => Promise<PeerUser>) | undefined;
  readonly onBadDocument?: ((bad: BadDocument) => void) | undefined;
  readonly timers?: Timers | undefined;
  /** Gives up when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** `code` of the error when the listener belongs to somebody else. */
export const OTHER_USER = 'EOTHERUSER';

/**
 * Connects to a listener of the protocol. `localhost` means 127.0.0.1.
 * @throws {NetError} with the system's code (`ECONNREFUSED`, `ETIMEDOUT`, …) or {@link OTHER_USER}
 */
export async function connectTcp<D extends TcpDirection>(
  options: TcpConnectOptions<D>,
): Promise<Connection<D>> {
  const action = `Cannot connect to ${addressText(options.host, options.port)}`;
  const socket = await open(options, action);
  socket.pause();
  socket.on('error', () => undefined);
  const pair = pairOf(socket);
  if (pair === undefined) throw new NetError('ECONNRESET', `${action}: connection reset by peer`);
  if (isSelfConnected(pair)) {
    socket.destroy();
    throw new NetError('ECONNREFUSED', `${action}: connection refused`);
  }
  const user = options.checkPeer === undefined ? 'same_user' : await options.checkPeer(pair);
  if (user !== 'same_user') {
    socket.destroy();
    const whose = user === 'other_user' ? 'belongs to another user' : 'belongs to an unknown user';
    throw new NetError(OTHER_USER, `${action}: the process that listens there ${whose}`);
  }
  // It may have ended while its user was looked up: whoever listens from now on hears nothing of it.
  if (socket.destroyed || socket.readableEnded) {
    socket.destroy();
    throw new NetError('ECONNRESET', `${action}: the peer ended the connection`);
  }
  return new Connection(socket, {
    direction: options.direction,
    onBadDocument: options.onBadDocument,
    timers: options.timers,
  });
}

function open(
  options: Pick<TcpConnectOptions<TcpDirection>, 'host' | 'port' | 'timeoutMs' | 'signal'>,
  action: string,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    const socket = connect({
      host: plainHost(options.host),
      port: options.port,
      allowHalfOpen: true,
      ...signal,
    });
    const onError = (error: Error): void => {
      clearTimeout(timeout);
      reject(netError(action, error));
    };
    const timeout = setTimeout(() => {
      socket.destroy();
      const waited = `no answer within ${String(options.timeoutMs)} ms`;
      reject(new NetError('ETIMEDOUT', `${action}: ${waited}`));
    }, options.timeoutMs);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timeout);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

function pairOf(socket: Socket): SocketPair | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (localAddress === undefined || localPort === undefined) return undefined;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return { localAddress, localPort, remoteAddress, remotePort };
}

/**
 * A connection to a local port that nobody listens on can meet itself, when the system picks that
 * very port for this end (TCP's simultaneous open). Somebody who keeps trying meets this one day.
 */
function isSelfConnected(pair: SocketPair): boolean {
  return pair.localPort === pair.remotePort && pair.localAddress === pair.remoteAddress;
}
