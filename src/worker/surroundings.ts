import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { WorkerView } from '../protocol/job-report.ts';
import { isLoopback } from '../protocol/net/exposure.ts';
import { addressText, netError, plainHost } from '../protocol/net/net-error.ts';
import { PeerUid } from '../protocol/net/peer-uid.ts';
import type { TcpListener } from '../protocol/net/tcp-listener.ts';
import { HeartbeatSender } from '../protocol/net/udp.ts';
import type { Log } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';
import type { ManagerConnectionOptions } from './manager-connection.ts';
import { takeName } from './name-lock.ts';
import type { WorkerOptions } from './options.ts';
import { Guard } from './program/guard.ts';
import type { ReleaseStack } from './release-stack.ts';
import { capabilitiesOf, describeLayers, safetyLayers } from './safety-layers.ts';
import {
  makeMemoryDirectory,
  makeScratchDirectory,
  type ScratchDirectory,
} from './scratch-directory.ts';
import { listenForStatus } from './status-listener.ts';

/** What a Worker has around it before it looks for its Manager. */
export interface Surroundings {
  readonly workerId: string;
  readonly manager: Pick<ManagerConnectionOptions, 'address' | 'port' | 'checkPeer'>;
  readonly scratch: ScratchDirectory;
  /** Where FIFOs may lie. */
  readonly fifoDirectory: string;
  readonly guard: Guard;
  readonly listener: TcpListener;
  readonly heartbeats: HeartbeatSender;
  readonly safety: { readonly description: string; readonly capabilities: readonly string[] };
}

export interface SurroundingsContext {
  readonly log: Log;
  readonly held: ReleaseStack;
  /** What the Worker says of itself; undefined before it is there. */
  readonly view: () => WorkerView | undefined;
}

const DIRECTORY_NONCE_BYTES = 8;

/**
 * Takes everything that a Worker needs and can fail to get, in order; `held` knows how to let go.
 * @throws UserError
 */
export async function openSurroundings(
  options: WorkerOptions,
  { log, held, view }: SurroundingsContext,
): Promise<Surroundings> {
  const address = await resolveOnce(options.managerHost);
  const manager = { address, port: options.managerPort };
  const users = options.insecureNoSecret ? undefined : new PeerUid();
  const checked = users !== undefined && isLoopback(address);
  const layers = await safetyLayers(checked);

  const name = await takeName(options.name, addressText(address, options.managerPort));
  held.add('the name', () => name.release());
  const nonce = randomBytes(DIRECTORY_NONCE_BYTES).toString('hex');
  const scratch = await makeScratchDirectory(options.workDirectory, nonce);
  held.add('the scratch directory', () => scratch.remove());
  const memory = await makeMemoryDirectory(nonce);
  if (memory) held.add('the directory in memory', () => memory.remove());
  const guard = await Guard.start({
    scratchDirectory: scratch.path,
    memoryDirectory: memory?.path,
    onRestarted: (reason) => log.warn(`The guard process ended (${reason}); started another`),
  });
  held.add('the guard', () => guard.close());
  const { host, port } = options;
  const listener = await listenForStatus({ host, port, users, view, log });
  held.add('the listener', () => listener.close());
  const heartbeats = await HeartbeatSender.open({ host: address, port: options.managerPort });
  held.add('the heartbeat socket', () => Promise.resolve(heartbeats.close()));
  return {
    workerId: name.workerId,
    manager: { ...manager, checkPeer: checked ? (pair) => users.ofServer(pair) : undefined },
    scratch,
    fifoDirectory: memory?.path ?? scratch.path,
    guard,
    listener,
    heartbeats,
    safety: {
      description: describeLayers(layers),
      capabilities: await capabilitiesOf(layers, process.env['PATH'] ?? ''),
    },
  };
}

async function resolveOnce(managerHost: string): Promise<string> {
  try {
    const { address } = await lookup(plainHost(managerHost));
    return address;
  } catch (error) {
    const { message } = netError(`Cannot find the Manager's host "${managerHost}"`, error);
    throw new UserError(message, undefined, { cause: error });
  }
}
