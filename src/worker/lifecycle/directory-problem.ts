import type { Session } from './connection-state.ts';

/** Outcome of reading the token in the shared directory. */
export type TokenResult = { readonly token: string } | { readonly reason: string };

/** Why the directory seen from here is not the Manager's, in one sentence; undefined: it is. */
export function directoryProblem(
  result: TokenResult,
  session: Session,
  hostName: string,
): string | undefined {
  if ('token' in result && result.token === session.token) return undefined;
  const reason = 'reason' in result ? result.reason : 'another directory lies there';
  return (
    `Cannot see the Manager's shared directory "${session.sharedDirectory}" on ${hostName}: ` +
    `${reason}. Mount it at the same path.`
  );
}
