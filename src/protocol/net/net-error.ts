import { getSystemErrorMap } from 'node:util';

/** Something about a socket that a person can mend; `code` is the system's (`ECONNREFUSED`). */
export class NetError extends Error {
  override readonly name = 'NetError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `Cannot connect to 127.0.0.1:6000: connection refused`, with the system's code. */
export function netError(action: string, error: unknown): NetError {
  const code = codeOf(error);
  return new NetError(code, `${action}: ${causeInWords(error)}`, { cause: error });
}

/** `connection refused` for ECONNREFUSED; the error's own words when the system has none. */
export function causeInWords(error: unknown): string {
  const code = codeOf(error);
  const known = [...getSystemErrorMap().values()].find(([name]) => name === code);
  if (code === 'ENOTFOUND') return 'host name not found';
  if (known !== undefined) return known[1];
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return 'UNKNOWN';
}

/** `127.0.0.1:6000`, `[::1]:6000` */
export function addressText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}

/** `localhost` means 127.0.0.1, whatever the resolver says, so that both ends agree. */
export function plainHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}
