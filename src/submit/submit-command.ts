import type { Command } from 'commander';
import { newCommand, tame } from '../runtime/options.ts';
import type { Client } from './client.ts';
import { addSubmitOptions } from './options.ts';

const DESCRIPTION =
  'Runs a MapReduce job: any programs that read lines on stdin and write key<TAB>value lines on stdout.';

export type LoadClient = () => Promise<Client>;

/** What a command works with. */
export interface CommandUse {
  readonly loadClient: LoadClient;
  /** Takes the exit code of the one command that ran. */
  readonly onDone: (code: number) => void;
}

/** This process as a client; loaded late, so that --help and mistakes are answered at once. */
export async function loadProcessClient(): Promise<Client> {
  const { processClient } = await import('./client.ts');
  return processClient();
}

/** The command `mapreduce-submit`. */
export function newSubmitCommand(use: CommandUse): Command {
  const command = newCommand({
    name: 'mapreduce-submit',
    description: DESCRIPTION,
    examples: examples('mapreduce-submit'),
  });
  return withSubmitAction(command, use);
}

/** The same as `mapreduce submit`. */
export function addSubmitCommand(program: Command, use: CommandUse): void {
  const text = { description: DESCRIPTION, examples: examples('mapreduce submit') };
  withSubmitAction(tame(program.command('submit'), text), use);
}

function withSubmitAction(command: Command, use: CommandUse): Command {
  return addSubmitOptions(command).action(async () => {
    const { readSubmitOptions } = await import('./read-options.ts');
    const options = readSubmitOptions(command);
    if (options.check === undefined) {
      const [{ submitJob }, client] = await Promise.all([
        import('./submit-job.ts'),
        use.loadClient(),
      ]);
      use.onDone(await submitJob(options, client));
      return;
    }
    const { checkJob } = await import('./check/check-job.ts');
    use.onDone(await checkJob(options, options.check, await use.loadClient()));
  });
}

function examples(name: string): readonly [string, string] {
  return [
    `${name} --local -i /etc/passwd -m "cut -d: -f7" -r count`,
    `${name} --local -i /etc/passwd /etc/group -o /tmp/words --overwrite -m "tr -s :/ '\\n'" -r count`,
  ];
}
