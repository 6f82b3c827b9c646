import { type Command, Option } from 'commander';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { countOption, newCommand, parseCommandLine, tame } from '../runtime/options.ts';
import { UserError } from '../runtime/user-error.ts';
import type { Client } from './client.ts';
import { addJsonOption, addManagerOptions, addProgressOptions, CLIENT_ALIASES } from './options.ts';
import {
  addSubmitCommand,
  type CommandUse,
  type LoadClient,
  loadProcessClient,
} from './submit-command.ts';

/** Runs one command with its words and options; resolves to the exit code. */
type Run = (command: Command, client: Client) => Promise<number>;

interface CommandText {
  /** The command with its words: `logs [job] [task]`. */
  readonly usage: string;
  readonly description: string;
  readonly examples: readonly [string, string];
}

/**
 * Runs `mapreduce …`.
 * @param loadClient late, so that --help, --version and mistakes are answered at once
 * @returns the exit code
 * @throws UserError
 */
export async function runMapreduce(
  argv: readonly string[],
  loadClient: LoadClient = loadProcessClient,
): Promise<number> {
  let exitCode: number = EXIT_CODES.succeeded;
  const onDone = (code: number): void => {
    exitCode = code;
  };
  const program = newMapreduceCommand({ onDone, loadClient });
  if (argv.length === 0) {
    const names = program.commands.map((command) => command.name()).join(', ');
    throw new UserError(`Missing a command: one of ${names}. See mapreduce --help`);
  }
  await parseCommandLine(program, argv, CLIENT_ALIASES);
  return exitCode;
}

/** The whole tree of commands. */
function newMapreduceCommand(use: CommandUse): Command {
  const program = newCommand({
    name: 'mapreduce',
    description: 'Submits, watches and manages jobs of a Muster cluster.',
    examples: ['mapreduce list --all', 'mapreduce status job-0007'],
  });
  addSubmitCommand(program, use);
  addReadingCommands(program, use);
  addActingCommands(program, use);
  return program;
}

function addReadingCommands(program: Command, use: CommandUse): void {
  const list = add(program, use, LIST, async (command, client) =>
    (await import('./commands/list.ts')).listJobs(command, client),
  );
  addJsonOption(list.addOption(new Option('-a, --all', 'ended jobs too')));
  const status = add(program, use, STATUS, async (command, client) =>
    (await import('./commands/status.ts')).showStatus(command, client),
  );
  addJsonOption(status);
  const watch = add(program, use, WATCH, async (command, client) =>
    (await import('./commands/watch.ts')).watchJob(command, client),
  );
  addProgressOptions(addJsonOption(watch));
  const logs = add(program, use, LOGS, async (command, client) =>
    (await import('./commands/logs.ts')).showLog(command, client),
  );
  addJsonOption(logs);
  const input = add(program, use, INPUT, async (command, client) =>
    (await import('./commands/input.ts')).writeInput(command, client),
  );
  input.addOption(countOption('--piece <n>', 'of a map that reads several: this one, from 1', 1));
  input.addOption(
    new Option(
      '--file <path>',
      'of a map that reads several: what it reads of this file',
    ).conflicts('piece'),
  );
  const workers = add(program, use, WORKERS, async (command, client) =>
    (await import('./commands/workers.ts')).listWorkers(command, client),
  );
  addJsonOption(workers);
}

function addActingCommands(program: Command, use: CommandUse): void {
  add(program, use, CANCEL, async (command, client) =>
    (await import('./commands/cancel.ts')).cancelJob(command, client),
  );
  add(program, use, REMOVE, async (command, client) =>
    (await import('./commands/remove.ts')).removeJob(command, client),
  );
  add(program, use, SHUTDOWN, async (command, client) =>
    (await import('./commands/shutdown.ts')).shutDown(command, client),
  );
}

function add(program: Command, use: CommandUse, text: CommandText, run: Run): Command {
  const command = addManagerOptions(tame(program.command(text.usage), text));
  return command.action(async () => {
    use.onDone(await run(command, await use.loadClient()));
  });
}

const LIST: CommandText = {
  usage: 'list',
  description: 'Lists the jobs that wait or run.',
  examples: ['mapreduce list', 'mapreduce list --all --json'],
};
const STATUS: CommandText = {
  usage: 'status [job]',
  description: 'Shows where a job stands (the latest one, unless named).',
  examples: ['mapreduce status', 'mapreduce status job-0007 --json'],
};
const WATCH: CommandText = {
  usage: 'watch [job]',
  description: 'Follows a job to its end and exits as it did. Ctrl-C only stops watching.',
  examples: ['mapreduce watch', 'mapreduce watch job-0007 --quiet'],
};
const LOGS: CommandText = {
  usage: 'logs [job] [task]',
  description: "Prints a task's stderr: of the attempt that failed last, unless named.",
  examples: ['mapreduce logs', 'mapreduce logs job-0007 map-00012.4'],
};
const INPUT: CommandText = {
  usage: 'input [job] [task]',
  description: 'Writes the bytes that the program of a task read, to reproduce what it did.',
  examples: [
    'mapreduce input 7 map-3 | python3 map.py',
    'mapreduce input job-0007 reduce-0 | head',
  ],
};
const WORKERS: CommandText = {
  usage: 'workers',
  description: 'Lists the Workers, and why one gets no tasks.',
  examples: ['mapreduce workers', 'mapreduce workers --json'],
};
const CANCEL: CommandText = {
  usage: 'cancel [job]',
  description: 'Cancels a job (the latest one, unless named).',
  examples: ['mapreduce cancel', 'mapreduce cancel job-0007'],
};
const REMOVE: CommandText = {
  usage: 'remove <job>',
  description: 'Forgets an ended job and deletes what was kept of it; its output stays.',
  examples: ['mapreduce remove job-0007', 'mapreduce remove 7'],
};
const SHUTDOWN: CommandText = {
  usage: 'shutdown',
  description: 'Ends the Manager and all its Workers.',
  examples: ['mapreduce shutdown', 'mapreduce shutdown --port 6001'],
};
