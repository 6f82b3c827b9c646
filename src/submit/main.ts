import { parseCommandLine } from '../runtime/options.ts';
import { runClient } from './run-client.ts';
import { CLIENT_ALIASES } from './options.ts';
import { loadProcessClient, newSubmitCommand } from './submit-command.ts';

/** `mapreduce-submit`: runs when loaded, as `bin/mapreduce-submit` does. */
void runClient(async () => {
  let exitCode = 0;
  const onDone = (code: number): void => {
    exitCode = code;
  };
  const command = newSubmitCommand({ loadClient: loadProcessClient, onDone });
  await parseCommandLine(command, process.argv.slice(2), CLIENT_ALIASES);
  return exitCode;
});
