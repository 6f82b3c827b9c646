import { getSystemErrorMap } from 'node:util';

/**
 * An operating system error in words, without Node's codes and paths: `no such file or directory`.
 * Any other error gives its message.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = 'errno' in error ? getSystemErrorMap().get(Number(error.errno)) : undefined;
  return known ? known[1] : error.message;
}

/** The code of a system error, e.g. `ENOENT`; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
