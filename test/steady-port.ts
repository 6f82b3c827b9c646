import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that the system gives to whoever asks for any, and above the well-known ones. */
const FROM = 20_000;
const TO = 32_000;

/**
 * A free port for a Manager that goes away and comes back: nobody is given it by chance meanwhile,
 * as the local end of some connection. What the system gives for TCP may be taken for UDP besides.
 */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, TO);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
