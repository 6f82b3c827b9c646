import type { Command } from 'commander';
import { addressText } from '../../protocol/net/net-error.ts';
import type { Client } from '../client.ts';
import { workerCommand } from '../manager-address.ts';
import { readManagerAddress, readShowOptions } from '../read-options.ts';
import { formatTable } from '../reports/table.ts';
import { workerTable } from '../reports/worker-table.ts';
import { withSession } from './with-session.ts';

/** `mapreduce workers`; with `--json` `{"schema_version":1,"workers":[…]}`. */
export async function listWorkers(command: Command, client: Client): Promise<number> {
  const { stdout, stderr } = client.terminal;
  const { workers } = await withSession(command, (session) =>
    session.request({ message_type: 'list_workers' }, 'workers'),
  );
  if (readShowOptions(command).json) {
    stdout.write(`${JSON.stringify({ schema_version: 1, workers })}\n`);
  } else if (workers.length === 0) {
    const address = readManagerAddress(command);
    const where = addressText(address.host, address.port);
    stderr.write(`No Worker is registered with ${where}. Start one: ${workerCommand(address)}\n`);
  } else {
    stdout.write(await formatTable(workerTable(workers), stdout.isTTY === true));
  }
  return 0;
}
