import { runClient } from './run-client.ts';
import { runMapreduce } from './mapreduce-command.ts';

/** `mapreduce`: runs when imported, as `bin/mapreduce` does. */
await runClient(() => runMapreduce(process.argv.slice(2)));
