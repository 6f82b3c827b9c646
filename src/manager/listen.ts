import type { Connection } from '../protocol/net/connection.ts';
import { addressText, NetError, plainHost } from '../protocol/net/net-error.ts';
import { PeerUid } from '../protocol/net/peer-uid.ts';
import { RateLimit } from '../protocol/net/rate-limit.ts';
import { listenTcp } from '../protocol/net/tcp-listener.ts';
import { type HeartbeatListener, listenHeartbeats } from '../protocol/net/udp.ts';
import type { Heartbeat } from '../protocol/worker-messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Take peers of every user, unheard who they are. */
  readonly anyUser: boolean;
  readonly onConnection: (connection: Connection<'to_manager'>) => void;
  readonly onHeartbeat: (heartbeat: Heartbeat) => void;
  readonly log: Log;
  readonly clock: Clock;
}

/** TCP and UDP on one port number. */
export interface Listeners {
  readonly host: string;
  readonly port: number;
  /** Lets open connections send what they have, for a second at most. */
  close(): Promise<void>;
}

/** How often a free TCP port may turn out to be taken for UDP. */
const TRIES = 20;

/**
 * Listens for clients and Workers.
 * @throws UserError when the address cannot be had
 */
export async function listen(options: ListenOptions): Promise<Listeners> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOnce(options);
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const mayPass = options.port === 0 && error.code === 'EADDRINUSE' && attempt < TRIES;
      if (!mayPass) throw inUserWords(error, options);
    }
  }
}

async function listenOnce(options: ListenOptions): Promise<Listeners> {
  const { host, port, onConnection, onHeartbeat, log, clock } = options;
  const users = options.anyUser ? undefined : new PeerUid();
  const limit = new RateLimit();
  const complain = (peer: string, message: string): void => {
    const machine = peer.slice(0, peer.lastIndexOf(':'));
    const { allowed, heldBack } = limit.take(machine, clock.nowMs());
    const more = heldBack > 0 ? ` (and ${String(heldBack)} more before)` : '';
    if (allowed) log.warn(`${message}${more}`);
  };
  const tcp = await listenTcp({
    host,
    port,
    direction: 'to_manager',
    checkPeer: users && ((pair) => users.ofClient(pair)),
    onConnection,
    onRefused: ({ peer, reason }) => complain(peer, `Refused a connection from ${peer}: ${reason}`),
    onBadDocument: ({ peer, reason }) => complain(peer, `Bad document from ${peer}: ${reason}`),
  });
  let udp: HeartbeatListener;
  try {
    udp = await listenHeartbeats({
      host,
      port: tcp.port,
      checkPeer: users && ((peer) => users.ofDatagram(peer)),
      onHeartbeat,
      onBad: ({ peer, reason }) => complain(peer, `Bad datagram from ${peer}: ${reason}`),
    });
  } catch (error) {
    await tcp.close();
    throw error;
  }
  return {
    host: tcp.host,
    port: tcp.port,
    close: async () => {
      await Promise.all([tcp.close(), udp.close()]);
    },
  };
}

function inUserWords(error: NetError, { host, port }: ListenOptions): UserError {
  if (error.code !== 'EADDRINUSE') {
    return new UserError(error.message, undefined, { cause: error });
  }
  const address = addressText(plainHost(host), port);
  return new UserError(
    `Cannot listen on ${address}: the port is taken. Stop what uses it, or choose another with --port`,
    undefined,
    { cause: error },
  );
}
