import { hostname } from 'node:os';
import { errorText } from '../../runtime/system-error.ts';
import { UserError } from '../../runtime/user-error.ts';
import { userName } from '../job-request.ts';

/** The Workers see it, but this user on this machine does not. */
export function cannotRead(path: string, error: unknown): UserError {
  const who = `as user ${userName()} on ${hostname()}`;
  return new UserError(
    `Cannot read "${path}": ${errorText(error)}, ${who}. Type this on a machine that sees it as the Workers do, as a user who may read it`,
    undefined,
    { cause: error },
  );
}
