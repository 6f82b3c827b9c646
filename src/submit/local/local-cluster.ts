import { EventEmitter, once } from 'node:events';
import type { LogLevel } from '../../runtime/log-level.ts';
import type { Server } from '../../runtime/serve.ts';
import { within } from '../../runtime/within.ts';
import { connectSession } from '../connect.ts';
import type { Interrupts } from '../interrupts.ts';
import type { ManagerAddress } from '../manager-address.ts';
import type { LocalOptions } from '../read-options.ts';

/** How long the daemons may take to end in order before they are taken down. */
const SHUTDOWN_MS = 5_000;

/** What is needed of both daemons. */
type Daemon = Pick<Server, 'finished' | 'release'>;

/**
 * Runs `work` against a Manager and a Worker in this process, on a free port of loopback, and takes
 * both down afterwards with everything they made. They speak the same protocol as anywhere else, so
 * a local job takes the same way as one on a cluster.
 */
export async function withLocalCluster<T>(
  options: LocalOptions,
  interrupts: Interrupts,
  work: (address: ManagerAddress) => Promise<T>,
): Promise<T> {
  const daemons: Daemon[] = [];
  try {
    const { address, ready } = await startDaemons(options, daemons);
    // The plan depends on how many slots there are.
    await interrupts.during(ready, 1, 'Interrupted: nothing was submitted');
    const broken = Promise.race(daemons.map(({ finished }) => finished)).then((): never => {
      throw new Error('The local Manager or Worker ended before the job');
    });
    const result = await Promise.race([work(address), broken]);
    broken.catch(() => undefined);
    await shutDown(address, daemons);
    return result;
  } finally {
    for (const daemon of daemons.toReversed()) await daemon.release();
  }
}

interface StartedDaemons {
  readonly address: ManagerAddress;
  /** The Worker is registered and sees the shared directory. */
  readonly ready: Promise<void>;
}

async function startDaemons(options: LocalOptions, daemons: Daemon[]): Promise<StartedDaemons> {
  const [{ startManager }, { MANAGER_DEFAULTS }, { startWorker }, { WORKER_DEFAULTS }] =
    await Promise.all([
      import('../../manager/manager.ts'),
      import('../../manager/options.ts'),
      import('../../worker/worker.ts'),
      import('../../worker/options.ts'),
    ]);
  const log: { logFile?: string; logLevel?: LogLevel; stderr: false } = { stderr: false };
  if (options.logfile !== undefined) log.logFile = options.logfile;
  if (options.loglevel !== undefined) log.logLevel = options.loglevel;
  const signs = new EventEmitter();
  const ready = once(signs, 'ready').then(() => undefined);
  const manager = await startManager({
    ...MANAGER_DEFAULTS,
    ...log,
    port: 0,
    onStep: (event) => {
      const isReady = event.type === 'worker_message' && event.message.message_type === 'ready';
      if (isReady) signs.emit('ready');
    },
  });
  daemons.push(manager);
  const worker = await startWorker({
    ...WORKER_DEFAULTS,
    ...log,
    managerPort: manager.port,
    slots: options.slots ?? WORKER_DEFAULTS.slots,
    sortBufferBytes: options.sortBuffer ?? WORKER_DEFAULTS.sortBufferBytes,
    workDirectory: options.workDir,
  });
  daemons.push(worker);
  return { address: { host: manager.host, port: manager.port, flags: [] }, ready };
}

/** By the protocol's own `shutdown`, as a user ends a cluster. */
async function shutDown(address: ManagerAddress, daemons: readonly Daemon[]): Promise<void> {
  const session = await connectSession(address);
  try {
    const ended = session
      .shutdownCluster()
      .then(() => Promise.all(daemons.map(({ finished }) => finished)));
    await within(SHUTDOWN_MS, ended);
  } finally {
    session.close();
  }
}
