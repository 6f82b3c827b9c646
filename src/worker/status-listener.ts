import type { ClientMessage } from '../protocol/client-messages.ts';
import type { WorkerView } from '../protocol/job-report.ts';
import type { ManagerReply } from '../protocol/manager-replies.ts';
import { isLoopback } from '../protocol/net/exposure.ts';
import { NetError } from '../protocol/net/net-error.ts';
import type { PeerUid } from '../protocol/net/peer-uid.ts';
import { listenTcp, type TcpListener } from '../protocol/net/tcp-listener.ts';
import type { Log } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';

export interface StatusListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Looks up who calls; left out: anybody may. */
  readonly users: PeerUid | undefined;
  /** What the Worker says of itself; undefined before it is there. */
  readonly view: () => WorkerView | undefined;
  readonly log: Log;
}

/** Few have a reason to call a Worker. */
const CONNECTIONS_MAX = 64;

/**
 * The Worker's own port. It answers `list_workers` with itself and refuses everything else: orders
 * come from the Manager, over the connection that the Worker made.
 * @throws UserError when the address cannot be had
 */
export async function listenForStatus(options: StatusListenerOptions): Promise<TcpListener> {
  const { host, port, users, view, log } = options;
  try {
    return await listenTcp({
      host,
      port,
      direction: 'from_client',
      connectionsMax: CONNECTIONS_MAX,
      checkPeer: users && isLoopback(host) ? (pair) => users.ofClient(pair) : undefined,
      onConnection: (connection) => {
        connection.onPeerEnd(() => connection.close());
        connection.onMessage((message) => {
          if (message.message_type !== 'error') connection.send(answer(message, view));
        });
      },
      onRefused: ({ peer, reason }) => log.debug(`Refused ${peer}: ${reason}`),
      onBadDocument: ({ peer, reason }) => log.debug(`Bad document of ${peer}: ${reason}`),
    });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new UserError(error.message, undefined, { cause: error });
  }
}

function answer(message: ClientMessage, view: StatusListenerOptions['view']): ManagerReply {
  if (message.message_type === 'list_workers') {
    const self = view();
    return { message_type: 'workers', workers: self === undefined ? [] : [self] };
  }
  const text = `This is a Worker: send "${message.message_type}" to its Manager`;
  return { message_type: 'error', code: 'not_allowed', message: text };
}
