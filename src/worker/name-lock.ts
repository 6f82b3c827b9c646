import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../runtime/system-error.ts';
import { UserError } from '../runtime/user-error.ts';

/** A Worker's name, taken so that no other Worker of this machine uses it with the same Manager. */
export interface NameLock {
  readonly workerId: string;
  release(): Promise<void>;
}

/** More Workers than that on one machine were not meant. */
const NUMBERS_MAX = 1000;
/** A process that was killed just now frees its name within this. */
const TRY_FOR_MS = 2000;
const TRY_EVERY_MS = 50;
const HOST_NAME_CHARS_MAX = 100;

/**
 * Takes a name: the one asked for, or the first free one of HOSTNAME-1, HOSTNAME-2, …
 *
 * The lock is a listening Unix socket in Linux's abstract namespace (unix(7)), which the kernel
 * frees with its process, however that ends. Its name holds user and Manager: Workers of different
 * clusters do not mind each other. On other systems only the process id keeps names apart.
 * @param tryForMs how long to wait for a name that was asked for
 * @throws UserError when another Worker has the name that was asked for
 */
export async function takeName(
  asked: string | undefined,
  manager: string,
  tryForMs = TRY_FOR_MS,
): Promise<NameLock> {
  if (process.platform !== 'linux') {
    return { workerId: asked ?? `${plainHostName()}-${String(process.pid)}`, release: noRelease };
  }
  return asked === undefined ? takeFreeName(manager) : takeThisName(asked, manager, tryForMs);
}

/** The machine's name as far as a Worker's name may hold it. */
function plainHostName(): string {
  const plain = hostname()
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, HOST_NAME_CHARS_MAX);
  return plain === '' ? 'worker' : plain;
}

async function takeFreeName(manager: string): Promise<NameLock> {
  for (let number = 1; number <= NUMBERS_MAX; number += 1) {
    const lock = await tryName(`${plainHostName()}-${String(number)}`, manager);
    if (lock) return lock;
  }
  throw new UserError(`Cannot name this Worker: ${String(NUMBERS_MAX)} run on this machine`);
}

async function takeThisName(
  workerId: string,
  manager: string,
  tryForMs: number,
): Promise<NameLock> {
  for (let waitedMs = 0; waitedMs <= tryForMs; waitedMs += TRY_EVERY_MS) {
    const lock = await tryName(workerId, manager);
    if (lock) return lock;
    await sleep(TRY_EVERY_MS);
  }
  throw new UserError(
    `Cannot start Worker "${workerId}": another one of that name runs on this machine for the ` +
      `Manager at ${manager}. Stop it, or choose another --name`,
  );
}

function tryName(workerId: string, manager: string): Promise<NameLock | undefined> {
  const user = String(process.geteuid?.() ?? 0);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (errorCode(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(`\0muster-worker-${user}-${manager}-${workerId}`, () => {
      server.unref();
      const release = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done());
        });
      resolve({ workerId, release });
    });
  });
}

function noRelease(): Promise<void> {
  return Promise.resolve();
}
