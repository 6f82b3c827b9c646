import { hostname } from 'node:os';

/** How others call who listens on an address: one for all of this machine's is none to call. */
export function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? hostname() : host;
}
