import { runClient } from './run-client.ts';
import { runMapreduce } from './mapreduce-command.ts';

/** `mapreduce`: runs when loaded, as `bin/mapreduce` does. */
void runClient(() => runMapreduce(process.argv.slice(2)));
