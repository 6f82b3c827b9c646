import { isLoopback } from '../protocol/net/exposure.ts';
import { formatCommand } from '../runtime/programs/command-words.ts';

/** Which Manager a client talks to, and how far a next command has to name it. */
export interface ManagerAddress {
  readonly host: string;
  readonly port: number;
  /**
   * Flags that a command typed next in the same shell needs to reach the same Manager: empty when
   * the default or the environment says it already.
   */
  readonly flags: readonly string[];
}

/** A `mapreduce …` command for the same Manager, to be typed next. */
export function nextCommand(address: ManagerAddress, ...words: readonly string[]): string {
  return formatCommand(['mapreduce', ...words, ...address.flags]);
}

/** `mapreduce-worker --manager-port 6000`: starts a Worker for this Manager. */
export function workerCommand({ host, port }: Pick<ManagerAddress, 'host' | 'port'>): string {
  const where = isLoopback(host) ? [] : ['--manager-host', host];
  return formatCommand(['mapreduce-worker', ...where, '--manager-port', String(port)]);
}
