import { runMain } from '../runtime/run-main.ts';
import { serve } from '../runtime/serve.ts';
import { readWorkerOptions } from './options.ts';
import { startWorker } from './worker.ts';

/** The third signal does not wait for anything. */
const FORCED_SIGNAL = 3;

/** `mapreduce-worker`: runs until a signal or the Manager's `shutdown` ends it, exit 0. */
async function main(): Promise<number> {
  const options = await readWorkerOptions(process.argv.slice(2));
  if (!options) return 0;
  const worker = await startWorker(options);
  return serve(worker, {
    name: 'the Worker',
    forcedSignal: FORCED_SIGNAL,
    onSignal: (signal, count) => {
      const next = count === 1 ? 'a second signal kills what runs' : 'a third leaves at once';
      worker.log.info(`${signal}: stopping; ${next}`);
      worker.stop();
    },
  });
}

await runMain(main);
