import { type LifecycleOptions, startLifecycle } from './lifecycle.ts';
import type { Log } from './log.ts';

/** The Manager or a Worker that this process is for. */
export interface Server {
  readonly log: Log;
  /** Resolves to the exit code when it has come to its end; rejects with a bug of ours. */
  readonly finished: Promise<number>;
  /** Ends what is left of it. */
  release(): Promise<void>;
}

/**
 * Lets a server run until it is finished, and ends the process with its code; signals and bugs may
 * end it before.
 */
export async function serve(
  server: Server,
  options: Pick<LifecycleOptions, 'name' | 'onSignal' | 'forcedSignal'>,
): Promise<number> {
  const lifecycle = startLifecycle({ ...options, log: server.log });
  lifecycle.atExit(options.name, () => server.release());
  try {
    const code = await server.finished;
    await lifecycle.exit(code);
    return code;
  } catch (error) {
    lifecycle.bug(error);
    return new Promise(() => undefined);
  }
}
