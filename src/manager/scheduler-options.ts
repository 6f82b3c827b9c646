import { addressText } from '../protocol/net/net-error.ts';
import type { ManagerOptions } from './options.ts';
import type { SchedulerOptions } from './scheduler/context.ts';
import type { SharedDirectory } from './shared-directory.ts';

/** What the scheduler has to know of the Manager's options and its shared directory. */
export function schedulerOptions(
  options: ManagerOptions,
  { cluster, journal }: SharedDirectory,
  { host, port }: { readonly host: string; readonly port: number },
): SchedulerOptions {
  const { clusterId, token, directory, firstJobId } = cluster;
  const { heartbeatIntervalMs, keepFailedMs, keepJobs, keepJobsMs } = options;
  return {
    epoch: journal?.epoch ?? cluster.epoch,
    durable: journal !== undefined,
    clusterId,
    token,
    firstJobId,
    sharedDirectory: directory,
    heartbeatIntervalMs,
    keepFailedMs,
    keepJobs,
    keepJobsMs,
    address: addressText(host, port),
  };
}
