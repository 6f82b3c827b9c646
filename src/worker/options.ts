import { availableParallelism } from 'node:os';
import type { Writable } from 'node:stream';
import { type Command, Option } from 'commander';
import type { Clock } from '../runtime/clock.ts';
import type { LogLevel } from '../runtime/log-level.ts';
import {
  countOption,
  logLevelOption,
  newCommand,
  parseCommandLine,
  portOption,
  sizeOption,
  timeOption,
} from '../runtime/options.ts';
import { printSize } from '../runtime/sizes.ts';
import { UserError } from '../runtime/user-error.ts';
import type { WorkerCommand } from './lifecycle/commands.ts';
import type { WorkerEvent } from './lifecycle/events.ts';

/** What a Worker is started with. */
export interface WorkerOptions {
  readonly managerHost: string;
  readonly managerPort: number;
  /** Where the Worker itself listens; port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** Left out: the first of HOSTNAME-1, HOSTNAME-2, … that no Worker of this machine has. */
  readonly name?: string | undefined;
  readonly slots: number;
  /** Per slot. */
  readonly sortBufferBytes: number;
  /** For scratch, on a local disk. Left out: a temporary directory. */
  readonly workDirectory?: string | undefined;
  /** Left out: waits for a Manager for ever. */
  readonly orphanTimeoutMs?: number | undefined;
  readonly insecureNoSecret: boolean;
  /** Left out: no file. */
  readonly logFile?: string | undefined;
  readonly logLevel: LogLevel;
  /** Where the human form of the log goes; false for nowhere. */
  readonly stderr?: Writable | false | undefined;
  readonly clock?: Clock | undefined;
  /** Sees every step of the core, for recording and replay. */
  readonly onStep?:
    ((event: WorkerEvent, nowMs: number, commands: readonly WorkerCommand[]) => void) | undefined;
}

const MIB = 1024 * 1024;
const SORT_BUFFER_MIN_BYTES = MIB;
/** The buffer lies in one WebAssembly memory, which ends at 4 GiB and holds more than the buffer. */
const SORT_BUFFER_MAX_BYTES = 3 * 1024 * MIB;
const SLOTS_MAX = 10_000;
/** As the protocol has it: it stands in messages, logs and lists. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export const WORKER_DEFAULTS: WorkerOptions = {
  managerHost: '127.0.0.1',
  managerPort: 6000,
  host: '127.0.0.1',
  port: 0,
  slots: availableParallelism(),
  sortBufferBytes: 256 * MIB,
  insecureNoSecret: false,
  logLevel: 'info',
};

interface Flags {
  readonly managerHost: string;
  readonly managerPort: number;
  readonly host: string;
  readonly port: number;
  readonly name?: string;
  readonly slots: number;
  readonly sortBuffer: number;
  readonly workDir?: string;
  readonly orphanTimeout?: number;
  readonly insecureNoSecret: boolean;
  readonly logfile?: string;
  readonly loglevel: LogLevel;
}

/**
 * Reads the command line of `mapreduce-worker`.
 * @returns undefined when help or the version was all that was asked for
 * @throws UserError
 */
export async function readWorkerOptions(
  argv: readonly string[],
): Promise<WorkerOptions | undefined> {
  const command = workerCommand();
  if ((await parseCommandLine(command, argv)) === 'shown') return undefined;
  const flags = command.opts<Flags>();
  const options: WorkerOptions = {
    managerHost: flags.managerHost,
    managerPort: flags.managerPort,
    host: flags.host,
    port: flags.port,
    name: flags.name,
    slots: flags.slots,
    sortBufferBytes: flags.sortBuffer,
    workDirectory: flags.workDir,
    // Off is off, however it is said.
    orphanTimeoutMs: flags.orphanTimeout === 0 ? undefined : flags.orphanTimeout,
    insecureNoSecret: flags.insecureNoSecret,
    logFile: flags.logfile,
    logLevel: flags.loglevel,
  };
  checkWorkerOptions(options);
  return options;
}

/**
 * Refuses what could not work.
 * @throws UserError
 */
export function checkWorkerOptions(options: WorkerOptions): void {
  const { name, slots, sortBufferBytes, managerPort } = options;
  if (name !== undefined && !NAME.test(name)) {
    throw new UserError(
      `Cannot use "${name}" for --name: use 1 to 128 letters, digits, ".", "_" or "-"`,
    );
  }
  if (slots < 1 || slots > SLOTS_MAX) {
    throw new UserError(`Cannot use ${String(slots)} slots: use 1 to ${String(SLOTS_MAX)}`);
  }
  if (managerPort === 0) {
    throw new UserError('Cannot use "0" for --manager-port: use the port of the Manager');
  }
  const size = printSize(sortBufferBytes);
  if (sortBufferBytes < SORT_BUFFER_MIN_BYTES) {
    throw new UserError(`Cannot use "${size}" for --sort-buffer: it must be 1M or more`);
  }
  if (sortBufferBytes > SORT_BUFFER_MAX_BYTES) {
    throw new UserError(
      `Cannot use "${size}" for --sort-buffer: it must be 3G or less, ` +
        'because its memory has 32-bit addresses (wasm32). It is per slot',
    );
  }
}

/** The flags of `mapreduce-worker`. */
function workerCommand(): Command {
  const defaults = WORKER_DEFAULTS;
  return newCommand({
    name: 'mapreduce-worker',
    description: 'Runs the tasks that the Manager hands out.',
    examples: ['mapreduce-worker', 'mapreduce-worker --manager-host 127.0.0.1 --slots 2'],
  })
    .addOption(
      new Option('--manager-host <host>', 'where the Manager is')
        .env('MAPREDUCE_MANAGER_HOST')
        .default(defaults.managerHost),
    )
    .addOption(
      portOption('--manager-port <port>', 'its TCP and UDP port')
        .env('MAPREDUCE_MANAGER_PORT')
        .default(defaults.managerPort),
    )
    .option('--host <host>', 'address to listen on', defaults.host)
    .addOption(
      portOption('--port <port>', 'port to listen on, 0 for a free one').default(defaults.port),
    )
    .option('--name <name>', 'name of this Worker (default: HOSTNAME-1, or the next that is free)')
    .addOption(
      countOption('--slots <n>', 'how many attempts run at once', 1).default(
        defaults.slots,
        'cores',
      ),
    )
    .addOption(
      sizeOption('--sort-buffer <size>', 'memory for sorting, per slot, 1M to 3G').default(
        defaults.sortBufferBytes,
        printSize(defaults.sortBufferBytes),
      ),
    )
    .option('--work-dir <dir>', 'scratch on a local disk (default: a temporary directory)')
    .addOption(
      timeOption('--orphan-timeout <time>', 'without a Manager for so long, end (default: never)'),
    )
    .option('--insecure-no-secret', 'listen beyond this machine without a secret', false)
    .option('--logfile <file>', 'log as JSON lines (default: no file)')
    .addOption(logLevelOption());
}
