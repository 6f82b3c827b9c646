import { type Command, Option } from 'commander';
import {
  BAD_RECORDS_MAX,
  MAPS_HINT_MAX,
  RECORD_BYTES_MAX,
  REDUCES_MAX,
  RUNNING_MAX,
  TRIES_MAX,
} from '../protocol/limits.ts';
import { parseLogLevel } from '../runtime/log-level.ts';
import {
  COMMON_ALIASES,
  countOption,
  portOption,
  sizeOption,
  timeOption,
} from '../runtime/options.ts';
import { BUILTIN_NAMES } from '../runtime/programs/command-words.ts';
import { UserError } from '../runtime/user-error.ts';
import { addContractOptions } from './contract-options.ts';
import { PRINT_FORMS } from './print-as/print-form.ts';

/** Spellings that every client command accepts besides its own. */
export const CLIENT_ALIASES: Readonly<Record<string, string>> = {
  ...COMMON_ALIASES,
  '--host': '--manager-host',
  '--port': '--manager-port',
};

/** Where the Manager is: flag, then environment, then the default. */
export function addManagerOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--manager-host <host>', 'where the Manager is (also --host)')
        .env('MAPREDUCE_MANAGER_HOST')
        .default('127.0.0.1'),
    )
    .addOption(
      portOption('--manager-port <port>', 'its port (also --port)')
        .env('MAPREDUCE_MANAGER_PORT')
        .default(6000),
    );
}

/** `--json` of commands that only read. */
export function addJsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON document on stdout');
}

/** How a waiting client shows what happens. */
export function addProgressOptions(command: Command): Command {
  return command
    .option('-q, --quiet', 'print only errors')
    .option('--no-progress', 'print no progress, only what happens');
}

/** Everything that `mapreduce-submit` and `mapreduce submit` accept. */
export function addSubmitOptions(command: Command): Command {
  addWhatOptions(command);
  addContractOptions(command);
  addRetryOptions(command);
  addManagerOptions(command);
  addLocalOptions(command);
  addWaitOptions(command);
  return addProgressOptions(command);
}

function addWhatOptions(command: Command): void {
  command
    .option('-i, --input <path...>', 'files, directories or patterns to read; repeatable')
    .option('-o, --output <dir>', 'directory to make for the result; left out: stdout')
    .option('-m, --mapper <command>', 'program that reads lines and writes key<TAB>value lines')
    .option(
      '-r, --reducer <command>',
      `program that reads the sorted lines, or a built-in: ${BUILTIN_NAMES.join(', ')}`,
    )
    .option('--combiner <command>', 'like a reducer, run on map output before it is stored')
    .addOption(countOption('--num-mappers <n>', 'how many maps to aim at', 1, MAPS_HINT_MAX))
    .addOption(
      countOption(
        '--num-reducers <n>',
        'how many reduces, so how many parts; 0: map only',
        0,
        REDUCES_MAX,
      ),
    )
    .addOption(sizeOption('--split-size <size>', 'input of one map at most; 64M by default'))
    .option('--name <text>', 'what lists call the job')
    .option('--overwrite', "replace the output directory if it is an earlier job's")
    .option('--env <K=V>', "a variable for the programs; K alone copies this shell's", collect)
    .option(
      '--file <path[#name]>',
      'a file, or all files of a directory, to ship; repeatable',
      collect,
    );
}

function addRetryOptions(command: Command): void {
  command
    .addOption(
      new Option('--priority <n>', 'higher goes first; 0 by default').argParser(parsePriority),
    )
    .addOption(
      countOption('--max-running <n>', 'at most so many tasks of this job at once', 1, RUNNING_MAX),
    )
    .addOption(
      countOption(
        '--max-attempts <n>',
        'failures of a task before the job fails; 4 by default',
        1,
        TRIES_MAX,
      ),
    )
    .addOption(
      countOption(
        '--max-workers-lost <n>',
        'Workers that a task may lose, running alone; 3 by default',
        1,
        TRIES_MAX,
      ),
    )
    .addOption(
      countOption(
        '--skip-bad-records <n>',
        'lines of the input to leave out when a mapper fails at them; 0 by default',
        0,
        BAD_RECORDS_MAX,
      ),
    )
    .option('--keep-going', 'when a task has failed, finish every other map first')
    .option('--no-backup', 'no second attempt beside one that runs much longer than others did')
    .addOption(
      timeOption(
        '--task-timeout <time>',
        'kill a task that is silent so long; 10m by default, 0: never',
      ),
    )
    .addOption(
      sizeOption(
        '--max-record <size>',
        'longest line that a mapper or combiner may write; 64M by default, 1G at most',
        RECORD_BYTES_MAX,
      ),
    );
}

function addLocalOptions(command: Command): void {
  command
    .option('--local', 'run the job in this process, without Manager and Workers')
    .addOption(
      countOption('--slots <n>', 'with --local: tasks at once; left out: a task a core', 1),
    )
    .addOption(
      sizeOption(
        '--sort-buffer <size>',
        'with --local: memory of a task for sorting; 256M by default',
      ),
    )
    .option('--work-dir <dir>', 'with --local: where tasks put scratch files')
    .option('--logfile <file>', 'with --local: log what happens as JSON lines')
    .addOption(
      new Option('--loglevel <level>', 'with --local: debug, info, warn or error').argParser(
        parseLogLevel,
      ),
    );
}

function addWaitOptions(command: Command): void {
  command
    .option('--detach', 'print the job id and leave; the job goes on')
    .addOption(timeOption('--wait-timeout <time>', 'leave after so long; the job goes on'))
    .option('--dry-run', 'check and show the plan, start nothing')
    .addOption(
      new Option(
        '--sample <percent>',
        'run that share of the splits and forecast the whole job; writes no output',
      ).argParser(parsePercent),
    )
    .addOption(
      new Option(
        '--print-as <form>',
        'print the equal pipeline or command: sh, parallel or hadoop',
      ).choices(PRINT_FORMS),
    )
    .addOption(
      sizeOption(
        '--check [size]',
        'try the programs on a sample of the input (1M), as one process and in parts, and say what they must not rely on; writes nothing',
      ).preset('1M'),
    )
    .option('--json', 'print the report as one JSON document on stdout')
    .option('--shutdown', 'shut the cluster down when the job has ended');
}

function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

function parsePriority(text: string): number {
  const priority = Number(text);
  if (/^-?\d+$/.test(text) && Math.abs(priority) <= 1_000_000) return priority;
  throw new UserError(
    `Cannot use "${text}" for --priority: it must be a whole number from -1000000 to 1000000`,
  );
}

function parsePercent(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)%?$/.exec(text)?.[1]);
  if (percent > 0 && percent <= 100) return percent;
  throw new UserError(
    `Cannot use "${text}" for --sample: it must be a share such as 1% or 0.5%, at most 100%`,
  );
}
