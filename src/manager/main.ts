import { runMain } from '../runtime/run-main.ts';
import { serve } from '../runtime/serve.ts';
import { startManager } from './manager.ts';
import { readManagerOptions } from './options.ts';

/** `mapreduce-manager`: runs until a signal or `shutdown` ends it, exit 0. */
async function main(): Promise<number> {
  const options = await readManagerOptions(process.argv.slice(2));
  if (!options) return 0;
  const manager = await startManager(options);
  return serve(manager, {
    name: 'the Manager',
    onSignal: (signal) => {
      manager.log.info(`${signal}: stopping; a second signal leaves at once`);
      manager.stop();
    },
  });
}

await runMain(main);
