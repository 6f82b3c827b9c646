import { setFlagsFromString } from 'node:v8';
import { runMain } from '../runtime/run-main.ts';
import { serve } from '../runtime/serve.ts';
import { startManager } from './manager.ts';
import { readManagerOptions } from './options.ts';

/**
 * V8 lets the heap of a busy process grow to four times what is alive in it before it collects. A
 * Manager of hundreds of thousands of tasks rather looks more often.
 */
const HEAP_GROWTH = '--heap-growing-percent=40';

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

setFlagsFromString(HEAP_GROWTH);
await runMain(main);
