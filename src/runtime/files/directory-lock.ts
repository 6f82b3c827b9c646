import { connect, createServer, type Server } from 'node:net';
import { errorCode } from '../system-error.ts';

/**
 * A lock that the kernel frees with its process, however that ends: a listening Unix socket in
 * Linux's abstract namespace (unix(7)), named for the directory's device and inode, which are the
 * same by whatever path it is reached. It holds on one host only.
 */
export interface DirectoryLock {
  release(): Promise<void>;
}

/** What taking a lock gives: the lock, or the process that has it (0 when it does not say). */
export type LockAttempt = { readonly lock: DirectoryLock } | { readonly heldBy: number };

const ANSWER_MS = 500;

export async function lockDirectory(directory: {
  readonly dev: number;
  readonly ino: number;
}): Promise<LockAttempt> {
  const name = `\0muster-directory-${String(directory.dev)}-${String(directory.ino)}`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(String(process.pid));
  });
  try {
    await listen(server, name);
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    return { heldBy: await askHolder(name) };
  }
  server.unref();
  return { lock: { release: () => new Promise((resolve) => void server.close(() => resolve())) } };
}

function listen(server: Server, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(name, resolve);
  });
}

function askHolder(name: string): Promise<number> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(name);
    const finish = (): void => {
      socket.destroy();
      resolve(/^\d+$/.test(text) ? Number(text) : 0);
    };
    socket.setTimeout(ANSWER_MS, finish);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1').slice(0, 20);
    });
    socket.on('error', finish);
    socket.on('end', finish);
  });
}
