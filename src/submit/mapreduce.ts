import { runMain } from '../runtime/run-main.ts';
import { runMapreduce } from './mapreduce-command.ts';

/** `mapreduce`: runs when imported, as `bin/mapreduce` does. */
await runMain(() => runMapreduce(process.argv.slice(2)));
