import { readFileSync } from 'node:fs';

export interface ExposureOptions {
  /** `--insecure-no-secret` */
  readonly insecureNoSecret: boolean;
  /** Whether peers' users can be looked up; tries /proc by default. */
  readonly canSeePeers?: (() => boolean) | undefined;
}

/**
 * Why this address must not be listened on without a secret, in a line for the user, who is then
 * refused with exit code 2; undefined when it may. (spec/safety)
 */
export function checkListenHost(host: string, options: ExposureOptions): string | undefined {
  if (options.insecureNoSecret) return undefined;
  if (!isLoopback(host)) {
    return (
      `Cannot listen on "${host}" without a secret: anyone who reaches the port could run programs. ` +
      'Use --host 127.0.0.1, or --insecure-no-secret on a network where everyone is trusted'
    );
  }
  const canSeePeers = options.canSeePeers ?? canReadSocketLists;
  if (canSeePeers()) return undefined;
  return (
    `Cannot listen on "${host}" without a secret: /proc/net/tcp cannot be read, so other users of ` +
    'this machine could run programs. Use --insecure-no-secret on a machine where everyone is trusted'
  );
}

/** Whether only processes of this machine reach an address. Names other than localhost do not count. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function canReadSocketLists(): boolean {
  try {
    return readFileSync('/proc/net/tcp', 'latin1') !== '' && process.geteuid !== undefined;
  } catch {
    return false;
  }
}
