import type { Command } from 'commander';
import type { LogLevel } from '../runtime/log-level.ts';
import { BUILTIN_NAMES } from '../runtime/programs/command-words.ts';
import { UserError } from '../runtime/user-error.ts';
import type { ManagerAddress } from './manager-address.ts';
import type { PrintForm } from './print-as/print-form.ts';

/** What commander leaves of the options of a submission. */
interface ParsedSubmit {
  readonly managerHost: string;
  readonly managerPort: number;
  readonly input?: readonly string[];
  readonly output?: string;
  readonly mapper?: string;
  readonly reducer?: string;
  readonly combiner?: string;
  readonly numMappers?: number;
  readonly numReducers?: number;
  readonly splitSize?: number;
  readonly name?: string;
  readonly overwrite?: boolean;
  readonly env?: readonly string[];
  readonly file?: readonly string[];
  readonly priority?: number;
  readonly maxRunning?: number;
  readonly maxAttempts?: number;
  readonly maxWorkersLost?: number;
  readonly skipBadRecords?: number;
  readonly keepGoing?: boolean;
  readonly backup?: boolean;
  readonly taskTimeout?: number;
  readonly maxRecord?: number;
  readonly recursive?: boolean;
  readonly oneProcess?: boolean;
  readonly separator?: string;
  readonly keyFields?: number;
  readonly sortValues?: boolean;
  readonly totalOrder?: boolean;
  readonly shell?: boolean;
  /** Percent. */
  readonly sample?: number;
  readonly acceptExit?: readonly number[];
  readonly reducerAcceptExit?: readonly number[];
  readonly combinerAcceptExit?: readonly number[];
  readonly local?: boolean;
  readonly slots?: number;
  readonly sortBuffer?: number;
  readonly workDir?: string;
  readonly logfile?: string;
  readonly loglevel?: LogLevel;
  readonly detach?: boolean;
  readonly waitTimeout?: number;
  readonly dryRun?: boolean;
  readonly printAs?: PrintForm;
  readonly check?: number;
  readonly json?: boolean;
  readonly shutdown?: boolean;
  readonly quiet?: boolean;
  readonly progress: boolean;
}

/** What the user asks for, whole and free of contradictions; paths are still the submitter's. */
export interface SubmitOptions {
  readonly job: JobOptions;
  readonly wait: WaitOptions;
  readonly address: ManagerAddress;
  /** Present for `--local` and `--check`. */
  readonly local: LocalOptions | undefined;
  /** Bytes of the sample, for `--check`. */
  readonly check: number | undefined;
}

export interface JobOptions extends Omit<
  ParsedSubmit,
  | 'input'
  | 'mapper'
  | keyof WaitOptions
  | 'waitTimeout'
  | 'local'
  | 'check'
  | keyof LocalOptions
  | 'managerHost'
  | 'managerPort'
> {
  readonly input: readonly string[];
  readonly mapper: string;
}

export interface LocalOptions {
  readonly slots?: number;
  /** Bytes. */
  readonly sortBuffer?: number;
  readonly workDir?: string;
  readonly logfile?: string;
  readonly loglevel?: LogLevel;
}

export interface WaitOptions extends ShowOptions {
  readonly detach: boolean;
  readonly dryRun: boolean;
  /** Only print the job for another tool. */
  readonly printAs: PrintForm | undefined;
  readonly shutdown: boolean;
  readonly waitTimeoutMs: number | undefined;
}

/** How results and progress are shown. */
export interface ShowOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** False for `--no-progress`. */
  readonly progress: boolean;
}

const LOCAL_FLAGS = [
  ['slots', '--slots'],
  ['sortBuffer', '--sort-buffer'],
  ['workDir', '--work-dir'],
  ['logfile', '--logfile'],
  ['loglevel', '--loglevel'],
] as const;

/**
 * Reads and checks the options of a submission, as far as they can be without looking at files.
 * @throws UserError for the first thing that is missing or contradicts another
 */
export function readSubmitOptions(command: Command): SubmitOptions {
  const parsed: ParsedSubmit = command.opts();
  checkTogether(parsed);
  checkStdout(parsed);
  const { input, mapper } = parsed;
  if (input === undefined) throw missing('--input', 'the files to read, e.g. --input "data/*.txt"');
  if (mapper === undefined) throw missing('--mapper', 'the program that reads them');
  if (parsed.reducer === undefined && parsed.numReducers !== 0) {
    throw missing(
      '--reducer',
      `a program, or one of ${BUILTIN_NAMES.join(', ')}; or --num-reducers 0 for none`,
    );
  }
  return {
    job: { ...parsed, input, mapper },
    wait: { ...readShowOptions(command), ...waitOptions(parsed) },
    address: readManagerAddress(command),
    local: runsHere(parsed) ? parsed : undefined,
    check: parsed.check,
  };
}

/** Which Manager the options, the environment or the defaults name. */
export function readManagerAddress(command: Command): ManagerAddress {
  const { managerHost, managerPort } = command.opts<{ managerHost: string; managerPort: number }>();
  const given = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  return {
    // `localhost` may resolve to ::1 first, where no Manager listens unless it is told to.
    host: managerHost === 'localhost' ? '127.0.0.1' : managerHost,
    port: managerPort,
    flags: [
      ...(given('managerHost') ? ['--manager-host', managerHost] : []),
      ...(given('managerPort') ? ['--manager-port', String(managerPort)] : []),
    ],
  };
}

/** `--json`, `--quiet` and `--no-progress`, where a command has them. */
export function readShowOptions(command: Command): ShowOptions {
  const { json, quiet, progress } = command.opts<Partial<ShowOptions>>();
  return { json: json ?? false, quiet: quiet ?? false, progress: progress ?? true };
}

function waitOptions(parsed: ParsedSubmit): Omit<WaitOptions, keyof ShowOptions> {
  return {
    detach: parsed.detach ?? false,
    dryRun: parsed.dryRun ?? false,
    printAs: parsed.printAs,
    shutdown: parsed.shutdown ?? false,
    waitTimeoutMs: parsed.waitTimeout,
  };
}

function checkTogether(parsed: ParsedSubmit): void {
  const here = runsHere(parsed);
  for (const [name, flag] of LOCAL_FLAGS) {
    if (!here && parsed[name] !== undefined) {
      throw new UserError(
        `Cannot use ${flag} without --local: a Worker on its own has this option`,
      );
    }
  }
  if (here) checkLocal(parsed);
  if (parsed.output === '-') {
    throw new UserError('Cannot write to "-": leave --output out, and the result goes to stdout');
  }
  if (parsed.overwrite === true && parsed.output === undefined) {
    throw new UserError('Cannot use --overwrite without --output: there is nothing to replace');
  }
  if (parsed.detach === true) checkDetached(parsed);
}

/** A client that leaves shows nothing afterwards. */
function checkDetached(parsed: ParsedSubmit): void {
  if (parsed.waitTimeout !== undefined) {
    throw new UserError('Cannot use --wait-timeout with --detach: that does not wait');
  }
  if (parsed.sample !== undefined) {
    throw new UserError('Cannot use --sample with --detach: nobody would see the forecast');
  }
  if (parsed.shutdown === true) {
    throw new UserError('Cannot use --shutdown with --detach: nobody would see the job end');
  }
}

/** Without daemons, whatever `--local` says: a check needs none. */
function runsHere({ local, check }: ParsedSubmit): boolean {
  return local === true || check !== undefined;
}

/** What runs here lives and dies with this process. */
function checkLocal(parsed: ParsedSubmit): void {
  const flag = parsed.check === undefined ? '--local' : '--check';
  if (parsed.detach === true) {
    throw new UserError(`Cannot use --detach with ${flag}: the job runs in this process`);
  }
  if (parsed.waitTimeout !== undefined) {
    throw new UserError(`Cannot use --wait-timeout with ${flag}: the job runs in this process`);
  }
  if (parsed.check !== undefined) checkCheck(parsed);
}

/** Ways to run or to show a job, and a check is another one. */
function checkCheck(parsed: ParsedSubmit): void {
  const others = [
    [parsed.shutdown, '--shutdown', 'it runs without a cluster'],
    [parsed.dryRun, '--dry-run', 'a check runs the programs'],
    [parsed.sample, '--sample', 'that is another sample: --check 64M takes a larger one'],
    [parsed.printAs, '--print-as', 'that runs nothing'],
  ] as const;
  for (const [value, flag, reason] of others) {
    if (value === undefined || value === false) continue;
    throw new UserError(`Cannot use ${flag} with --check: ${reason}`);
  }
}

/** Stdout has one owner, or nobody could tell where one thing ends. */
function checkStdout(parsed: ParsedSubmit): void {
  const { detach, json, output, dryRun, printAs, sample, check } = parsed;
  const runs = dryRun !== true && printAs === undefined && check === undefined;
  const owners = [
    ...(detach === true && runs ? ['the job id (--detach)'] : []),
    ...(printAs === undefined ? [] : ['the printed job (--print-as)']),
    ...(json === true ? ['the report (--json)'] : []),
    ...(output === undefined && sample === undefined && runs ? ['the result (no --output)'] : []),
  ];
  if (owners.length > 1) {
    throw new UserError(
      `Cannot write both ${owners.slice(0, 2).join(' and ')} to standard output: ` +
        (output === undefined ? 'name a directory with --output' : 'leave one of them out'),
    );
  }
}

function missing(flag: string, what: string): UserError {
  return new UserError(`Missing ${flag}: name ${what}`);
}
