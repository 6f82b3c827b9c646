import { tmpdir } from 'node:os';
import type { Writable } from 'node:stream';
import type { Command, Option } from 'commander';
import type { Clock } from '../runtime/clock.ts';
import type { LogLevel } from '../runtime/log-level.ts';
import {
  countOption,
  logLevelOption,
  newCommand,
  parseCommandLine,
  portOption,
  timeOption,
} from '../runtime/options.ts';
import type { ManagerCommand } from './scheduler/commands.ts';
import type { ManagerEvent } from './scheduler/events.ts';

/** What a Manager is started with. */
export interface ManagerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Left out: a temporary directory, removed at the end. */
  readonly sharedDirectory?: string | undefined;
  readonly sharedGroup: boolean;
  readonly insecureNoSecret: boolean;
  readonly heartbeatIntervalMs: number;
  readonly keepFailedMs: number;
  readonly keepJobs: number;
  readonly keepJobsMs: number;
  /** `<shared directory>/logs/manager.jsonl` by default. */
  readonly logFile?: string | undefined;
  readonly logLevel: LogLevel;
  /** Where the human form of the log goes; false for nowhere. */
  readonly stderr?: Writable | false | undefined;
  /** What relative paths of bare submissions start from; the working directory by default. */
  readonly directory?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Sees every step of the scheduler, for recording and replay. */
  readonly onStep?:
    ((event: ManagerEvent, nowMs: number, commands: readonly ManagerCommand[]) => void) | undefined;
}

const DAY_MS = 86_400_000;

export const MANAGER_DEFAULTS: ManagerOptions = {
  host: '127.0.0.1',
  port: 6000,
  sharedGroup: false,
  insecureNoSecret: false,
  heartbeatIntervalMs: 2_000,
  keepFailedMs: DAY_MS,
  keepJobs: 100,
  keepJobsMs: 30 * DAY_MS,
  logLevel: 'info',
};

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly sharedDir?: string;
  readonly sharedGroup: boolean;
  readonly insecureNoSecret: boolean;
  readonly logfile?: string;
  readonly loglevel: LogLevel;
  readonly heartbeatInterval: number;
  readonly keepFailed: number;
  readonly keepJobs: number;
  readonly keepDays: number;
}

/**
 * Reads the command line of `mapreduce-manager`.
 * @returns undefined when help or the version was all that was asked for
 * @throws UserError
 */
export async function readManagerOptions(
  argv: readonly string[],
): Promise<ManagerOptions | undefined> {
  const command = managerCommand();
  if ((await parseCommandLine(command, argv)) === 'shown') return undefined;
  const flags = command.opts<Flags>();
  return {
    host: flags.host,
    port: flags.port,
    sharedDirectory: flags.sharedDir,
    sharedGroup: flags.sharedGroup,
    insecureNoSecret: flags.insecureNoSecret,
    heartbeatIntervalMs: flags.heartbeatInterval,
    keepFailedMs: flags.keepFailed,
    keepJobs: flags.keepJobs,
    keepJobsMs: flags.keepDays * DAY_MS,
    logFile: flags.logfile,
    logLevel: flags.loglevel,
  };
}

/** The flags of `mapreduce-manager`. */
function managerCommand(): Command {
  const defaults = MANAGER_DEFAULTS;
  return newCommand({
    name: 'mapreduce-manager',
    description: 'Takes jobs, hands their tasks to Workers and puts the results together.',
    examples: [
      'mapreduce-manager',
      `mapreduce-manager --port 0 --shared-dir ${tmpdir()}/muster-shared`,
    ],
  })
    .option('--host <host>', 'address to listen on', defaults.host)
    .addOption(
      portOption('--port <port>', 'TCP and UDP port, 0 for a free one').default(defaults.port),
    )
    .option('--shared-dir <dir>', 'directory that all Workers see under the same path')
    .option('--shared-group', 'let the group of the shared directory use it', false)
    .option('--insecure-no-secret', 'listen beyond this machine without a secret', false)
    .option('--logfile <file>', 'log as JSON lines (default: <shared-dir>/logs/manager.jsonl)')
    .addOption(logLevelOption())
    .addOption(
      timeOption(
        '--keep-failed <time>',
        'how long failed jobs keep their intermediate data',
      ).default(defaults.keepFailedMs, '24h'),
    )
    .addOption(
      countOption('--keep-jobs <n>', 'how many ended jobs are remembered').default(
        defaults.keepJobs,
      ),
    )
    .addOption(countOption('--keep-days <n>', 'and for how many days').default(30))
    .addOption(heartbeatOption().default(defaults.heartbeatIntervalMs, '2s'));
}

function heartbeatOption(): Option {
  return timeOption('--heartbeat-interval <time>', 'how often Workers give a sign of life');
}
