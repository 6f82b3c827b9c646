import { addressText } from '../protocol/net/net-error.ts';
import { reachableHost } from '../protocol/net/reachable-host.ts';
import { type Log, openLog } from '../runtime/log.ts';
import type { Manager } from './manager.ts';
import type { ManagerOptions } from './options.ts';
import type { SharedDirectory } from './shared-directory.ts';

/** Opens the log where the options say, in the shared directory otherwise. */
export function openManagerLog(options: ManagerOptions, shared: SharedDirectory): Promise<Log> {
  return openLog({
    file: options.logFile ?? `${shared.cluster.directory}/logs/manager.jsonl`,
    level: options.logLevel,
    component: 'manager',
    ...(options.stderr === undefined ? {} : { stderr: options.stderr }),
  });
}

/** Says where the Manager is, what it keeps, and what to do next. */
export function sayHello(manager: Manager, temporary: boolean): void {
  const { log, host, port, sharedDirectory } = manager;
  log.info(`Manager listening on ${addressText(host, port)}`);
  if (temporary) {
    log.warn(
      `No --shared-dir: jobs use "${sharedDirectory}", which goes with this Manager, and they with it`,
    );
  } else {
    log.info(`Shared directory: "${sharedDirectory}"`);
  }
  const hostFlag = host === '127.0.0.1' ? '' : ` --manager-host ${reachableHost(host)}`;
  log.info(`Start a Worker: mapreduce-worker${hostFlag} --manager-port ${String(port)}`);
}
