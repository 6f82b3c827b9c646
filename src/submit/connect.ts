import { connectTcp, OTHER_USER } from '../protocol/net/tcp-connect.ts';
import { isLoopback } from '../protocol/net/exposure.ts';
import { addressText, NetError } from '../protocol/net/net-error.ts';
import { PeerUid } from '../protocol/net/peer-uid.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { UserError } from '../runtime/user-error.ts';
import type { ManagerAddress } from './manager-address.ts';
import { Session } from './session.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens a session with the Manager. Over loopback its process must be the same user's or root's:
 * anybody may listen on a free port, and would be handed programs and paths.
 * @throws UserError with exit code 3
 */
export async function connectSession(address: ManagerAddress): Promise<Session> {
  const { host, port } = address;
  const where = addressText(host, port);
  const users = new PeerUid();
  const connection = await connectTcp({
    host,
    port,
    direction: 'from_manager_to_client',
    timeoutMs: CONNECT_TIMEOUT_MS,
    checkPeer: isLoopback(host) ? (pair) => users.ofServer(pair) : undefined,
  }).catch((error: unknown) => {
    throw error instanceof NetError ? unreachable(address, error) : error;
  });
  const session = new Session(
    {
      send: (message) => void connection.send(message),
      // Every answer that was waited for has come: there are no last words to wait for.
      close: () => connection.destroy(),
    },
    where,
  );
  connection.onMessage((reply) => session.receive(reply));
  connection.onClose(({ code, text }) => {
    session.end(code === 'refused' ? notAManager(where, text) : undefined);
  });
  return session;
}

function unreachable(address: ManagerAddress, error: NetError): UserError {
  const { host, port } = address;
  const where = addressText(host, port);
  const cause = error.message.replace(`Cannot connect to ${where}: `, '');
  const next = error.code === OTHER_USER ? '' : `. Is it running? ${startHint(host, port)}`;
  return new UserError(
    `Cannot reach the Manager at ${where}: ${cause}${next}`,
    EXIT_CODES.managerUnreachable,
    { cause: error },
  );
}

function startHint(host: string, port: number): string {
  return isLoopback(host)
    ? `Start one: mapreduce-manager --port ${String(port)}`
    : `Name another with --manager-host and --manager-port`;
}

function notAManager(where: string, text: string): UserError {
  return new UserError(
    `Cannot understand what listens at ${where}: ${text}. Is it a Muster Manager of this version?`,
    EXIT_CODES.managerUnreachable,
  );
}
