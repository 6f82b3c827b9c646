import { type Lifecycle, startLifecycle } from '../runtime/lifecycle.ts';
import { runMain } from '../runtime/run-main.ts';
import { startManager } from './manager.ts';
import { readManagerOptions } from './options.ts';

/** `mapreduce-manager`: runs until a signal or `shutdown` ends it, exit 0. */
async function main(): Promise<number> {
  const options = await readManagerOptions(process.argv.slice(2));
  if (!options) return 0;
  const manager = await startManager(options);
  const lifecycle: Lifecycle = startLifecycle({
    name: 'the Manager',
    log: manager.log,
    onSignal: (signal) => {
      manager.log.info(`${signal}: stopping; a second signal leaves at once`);
      manager.stop();
    },
  });
  lifecycle.atExit('the Manager', () => manager.release());
  try {
    const code = await manager.finished;
    await lifecycle.exit(code);
    return code;
  } catch (error) {
    lifecycle.bug(error);
    return new Promise(() => undefined);
  }
}

await runMain(main);
