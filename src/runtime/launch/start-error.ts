import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** No process could be made for a program; `code` and `errno` are those of a system error. */
export function startError(code: string, options?: ErrorOptions): Error {
  return systemError(new Error('Cannot start a process', options), code);
}

/** What became of a program cannot be known. */
export function launcherKilledError(): Error {
  return systemError(new Error('Cannot follow a program whose launcher was killed'), 'EINTR');
}

function systemError(error: Error, code: string): Error {
  const numbers: Readonly<Record<string, number>> = constants.errno;
  return Object.assign(error, { code, errno: -(numbers[code] ?? constants.errno.EAGAIN) });
}

/** The code of the error in a shell's message, `sh: line 1: …: No such file or directory`. */
export function codeOfShellMessage(message: string): string {
  const reason = message.trim().split(': ').at(-1)?.toLowerCase();
  for (const [code, text] of getSystemErrorMap().values()) if (text === reason) return code;
  return 'EAGAIN';
}
