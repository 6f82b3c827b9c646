import type { Command } from 'commander';
import { addressText } from '../../protocol/net/net-error.ts';
import type { Client } from '../client.ts';
import { readManagerAddress } from '../read-options.ts';
import { withSession } from './with-session.ts';

/** `mapreduce shutdown`: returns when the Manager has let go of the connection. */
export async function shutDown(command: Command, { terminal }: Client): Promise<number> {
  await withSession(command, (session) => session.shutdownCluster());
  const { host, port } = readManagerAddress(command);
  terminal.stderr.write(`Shut down the cluster of ${addressText(host, port)}\n`);
  return 0;
}
