import { createServer, type Server, type Socket } from 'node:net';
import { type BadDocument, Connection, type TcpDirection } from './connection.ts';
import { addressText, causeInWords, netError, plainHost } from './net-error.ts';
import type { PeerUser, SocketPair } from './peer-uid.ts';
import type { Timers } from './timers.ts';

export interface TcpListenerOptions<D extends TcpDirection> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly direction: D;
  /** Who owns the peer's socket; peers of other users are closed unheard. Left out: all are taken. */
  readonly checkPeer?: ((pair: SocketPair) => Promise<PeerUser>) | undefined;
  /** Takes over the connection, and must call its `onMessage` in the same turn or soon. */
  readonly onConnection: (connection: Connection<D>) => void;
  /** A peer that was closed before it was heard, for the log. */
  readonly onRefused?: ((refused: RefusedPeer) => void) | undefined;
  readonly onBadDocument?: ((bad: BadDocument) => void) | undefined;
  readonly connectionsMax?: number | undefined;
  readonly firstDocumentTimeoutMs?: number | undefined;
  readonly timers?: Timers | undefined;
}

export interface RefusedPeer {
  readonly peer: string;
  readonly reason: string;
}

export interface TcpListener {
  /** The address that is listened on, and the port even where 0 was asked. */
  readonly host: string;
  readonly port: number;
  /** Stops listening, lets open connections send what they have, and resolves when all are gone. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 4096;
const FIRST_DOCUMENT_MS = 5 * 60_000;
/** How long connections may take to send their last words when the listener closes. */
const CLOSE_GRACE_MS = 1000;

/**
 * Listens for peers that speak the protocol. `localhost` means 127.0.0.1.
 * @throws {NetError} when the address cannot be had
 */
export async function listenTcp<D extends TcpDirection>(
  options: TcpListenerOptions<D>,
): Promise<TcpListener> {
  const open = new Set<Connection<D>>();
  const unheard = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  server.on('connection', (socket) => {
    unheard.add(socket);
    void admit(socket, options).then((connection) => {
      unheard.delete(socket);
      if (connection === undefined) return;
      open.add(connection);
      socket.once('close', () => open.delete(connection));
      options.onConnection(connection);
    });
  });
  server.on('drop', (dropped) => {
    const peer = addressText(dropped?.remoteAddress ?? 'unknown', dropped?.remotePort ?? 0);
    options.onRefused?.({ peer, reason: 'too many connections' });
  });
  const host = plainHost(options.host);
  const port = await listen(server, host, options.port);
  server.on('error', (error) => {
    options.onRefused?.({ peer: 'unknown', reason: causeInWords(error) });
  });
  return { host, port, close: () => closeAll(server, open, unheard) };
}

/** The connection of a peer that may speak, or undefined after closing its socket. */
async function admit<D extends TcpDirection>(
  socket: Socket,
  options: TcpListenerOptions<D>,
): Promise<Connection<D> | undefined> {
  // Until the connection listens itself: a peer may be gone while its user is looked up.
  socket.on('error', () => undefined);
  const peer = addressText(socket.remoteAddress ?? 'gone', socket.remotePort ?? 0);
  const user = options.checkPeer === undefined ? 'same_user' : await ask(options.checkPeer, socket);
  if (user !== 'same_user') {
    socket.destroy();
    options.onRefused?.({ peer, reason: REFUSALS[user] });
    return undefined;
  }
  if (socket.destroyed) return undefined;
  return new Connection(socket, {
    direction: options.direction,
    onBadDocument: options.onBadDocument,
    timers: options.timers,
    firstDocumentTimeoutMs: options.firstDocumentTimeoutMs ?? FIRST_DOCUMENT_MS,
  });
}

const REFUSALS: Readonly<Record<Exclude<PeerUser, 'same_user'>, string>> = {
  other_user: 'its process belongs to another user',
  unknown: 'cannot tell which user its process belongs to',
};

async function ask(
  checkPeer: (pair: SocketPair) => Promise<PeerUser>,
  socket: Socket,
): Promise<PeerUser> {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (localAddress === undefined || localPort === undefined) return 'unknown';
  if (remoteAddress === undefined || remotePort === undefined) return 'unknown';
  return checkPeer({ localAddress, localPort, remoteAddress, remotePort });
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(netError(`Cannot listen on ${addressText(host, port)}`, error));
    };
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeAll<D extends TcpDirection>(
  server: Server,
  open: ReadonlySet<Connection<D>>,
  unheard: ReadonlySet<Socket>,
): Promise<void> {
  return new Promise((resolve) => {
    const grace = setTimeout(() => {
      for (const connection of open) connection.destroy();
    }, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(grace);
      resolve();
    });
    for (const socket of unheard) socket.destroy();
    for (const connection of open) connection.close();
  });
}
