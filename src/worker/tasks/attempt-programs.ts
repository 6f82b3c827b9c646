import { constants } from 'node:os';
import type { AttemptRef } from '../../protocol/ids.ts';
import type { AcceptedExits } from '../../protocol/job-spec.ts';
import { builtinHint } from '../../runtime/programs/builtin-hint.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import { findOnPath } from '../../runtime/programs/executable-files.ts';
import { explainFailure } from '../../runtime/programs/causes/explain-failure.ts';
import {
  type ExitCause,
  exitCodeCause,
  signalCause,
  timeoutCause,
} from '../../runtime/programs/exit-cause.ts';
import { type Command, describeCommand } from '../../runtime/programs/read-command.ts';
import { resolveProgram } from '../../runtime/programs/resolve-program.ts';
import { shellArguments } from '../../runtime/programs/shell-program.ts';
import { BoundedLog } from '../program/bounded-log.ts';
import { Counters } from '../program/counters.ts';
import { programEnvironment, type ProgramEnvironment } from '../program/environment.ts';
import { ProgramStderr } from '../program/program-stderr.ts';
import { type ProgramEnd, type ProgramRun, runProgram } from '../program/run-program.ts';
import { StderrLines } from '../program/stderr-lines.ts';
import { AttemptFailure, AttemptKilled } from './attempt-failure.ts';
import type { AttemptProgress } from './attempt-progress.ts';
import type { SlotContext } from './slot-context.ts';
import type { TaskOrderMessage } from './task-result.ts';

/** What a program of a job does in it. */
export type Role = keyof AcceptedExits;

/** A command that needs a process. */
export type ProgramCommand = Exclude<Command, { readonly type: 'builtin' }>;

/** A program that this Worker has. */
export interface FoundProgram {
  readonly role: Role;
  readonly path: string;
  readonly args: readonly string[];
  /** As logs and reports show it. */
  readonly line: string;
}

/** What a program reads and where its output goes; `input` names the piece that a mapper reads. */
export interface ProgramUse extends Pick<ProgramRun, 'stdin' | 'feed' | 'stdout'> {
  readonly input?: ProgramEnvironment['input'];
}

export interface AttemptProgramsOptions {
  readonly order: TaskOrderMessage;
  readonly context: SlotContext;
  /** The programs' working directory. */
  readonly directory: string;
  readonly sideDirectory: string;
  readonly signal: AbortSignal;
  readonly progress: AttemptProgress;
}

/** Finds and runs the programs of one attempt, and gathers what they say on stderr. */
export class AttemptPrograms {
  readonly log = new BoundedLog();
  readonly #options: AttemptProgramsOptions;
  readonly #found: string[] = [];
  #counters = new Counters();

  constructor(options: AttemptProgramsOptions) {
    this.#options = options;
  }

  get counters(): Counters {
    return this.#counters;
  }

  /** The first lines of the log: what each command resolved to. */
  get preamble(): string {
    return this.#found.join('');
  }

  /** Starts counting afresh, for an attempt that goes back to its beginning. */
  forgetCounters(): void {
    this.#counters = new Counters();
  }

  /** @throws {AttemptFailure} `cannot_start` when this Worker does not have the program */
  async find(role: Role, command: ProgramCommand): Promise<FoundProgram> {
    const path = this.#environment(undefined)['PATH'] ?? '';
    const program =
      command.type === 'shell'
        ? await this.#findShell(role, command, path)
        : await this.#findProgram(role, command.words, path);
    this.note(role, program.line);
    return program;
  }

  async #findProgram(
    role: Role,
    words: readonly [string, ...string[]],
    path: string,
  ): Promise<FoundProgram> {
    const [word, ...args] = words;
    const resolved = await resolveProgram(word, { directory: this.#options.directory, path });
    if (!resolved.ok) {
      const text = `Cannot start "${word}" on this Worker: ${resolved.reason}`;
      const hint = builtinHint(words);
      const reason = hint === '' ? text : `${text}; ${hint}`;
      throw new AttemptFailure('cannot_start', reason, formatCommand(words));
    }
    return { role, path: resolved.path, args, line: formatCommand([resolved.path, ...args]) };
  }

  async #findShell(
    role: Role,
    command: ProgramCommand & { readonly type: 'shell' },
    path: string,
  ): Promise<FoundProgram> {
    const { line } = command;
    const bash = await findOnPath('bash', path);
    if (bash === undefined)
      throw new AttemptFailure(
        'cannot_start',
        'Cannot start "bash" on this Worker: not found on its PATH, and --shell needs it',
        describeCommand(command),
      );
    const shown = formatCommand([bash, '-o', 'pipefail', '-c', line]);
    return { role, path: bash, args: shellArguments(line), line: shown };
  }

  /** Adds a line to the head of the log. */
  note(role: Role, text: string): void {
    this.#found.push(`${role}: ${text}\n`);
  }

  /**
   * Runs one program to its good end.
   * @throws {AttemptFailure} when it ended in any other way, {@link AttemptKilled} when it was
   * killed on request, and what its streams throw
   */
  async run(program: FoundProgram, use: ProgramUse): Promise<void> {
    const { context, directory, order, progress, signal } = this.#options;
    const log = new ProgramStderr(this.log);
    const stderr = new StderrLines({
      counters: this.#counters,
      log,
      onStatus: (status) => {
        progress.status = status;
      },
    });
    progress.started();
    const end = await runProgram(
      {
        path: program.path,
        args: program.args,
        directory,
        environment: this.#environment(use.input),
        timeoutMs: order.task_timeout_ms,
        signal,
        stdin: use.stdin,
        feed: use.feed,
        stdout: use.stdout,
        stderr: (chunk) => {
          stderr.write(chunk);
        },
      },
      context.host,
    );
    stderr.end();
    this.#judge(program, end, log);
  }

  #judge(program: FoundProgram, end: ProgramEnd, log: ProgramStderr): void {
    const { role, line: command } = program;
    const fail = (cause: ExitCause): AttemptFailure => {
      const traces = { stderr: log.lastLines(), command, role };
      return new AttemptFailure('failed', explainFailure(cause, traces), command, role);
    };
    switch (end.type) {
      case 'exited':
        if (end.exitCode === 0) return;
        if (this.#wasBusy(end.exitCode))
          throw new AttemptFailure(
            'unfit',
            'Cannot start the program: its file was busy',
            program.line,
          );
        if (this.#accepts(program, end.exitCode)) return;
        throw fail(exitCodeCause(end.exitCode));
      case 'signalled':
        if (this.#accepts(program, shellCode(end.signal))) return;
        throw fail(signalCause(end.signal));
      case 'timed_out':
        throw fail(timeoutCause(this.#options.order.task_timeout_ms));
      case 'killed':
        throw new AttemptKilled();
      default:
        end satisfies never;
    }
  }

  #accepts({ role }: FoundProgram, exitCode: number | undefined): boolean {
    const accepted = this.#options.order.rules.accept_exit[role];
    return exitCode !== undefined && accepted.includes(exitCode);
  }

  /**
   * Another thread that starts a process at the wrong moment has our copy of the program open for
   * writing a little longer than we do; the system then refuses to execute it.
   */
  #wasBusy(exitCode: number): boolean {
    return exitCode === 126 && this.log.lastLines().at(-1)?.endsWith(': Text file busy') === true;
  }

  #environment(input: ProgramEnvironment['input']): Record<string, string> {
    const { context, order, sideDirectory } = this.#options;
    const attempt: AttemptRef = order;
    return programEnvironment({
      own: context.environment,
      job: order.environment,
      jobName: order.job_name,
      attempt,
      reduces: order.reduces,
      workerId: context.workerId,
      outputDirectory: sideDirectory,
      input,
      guardNonce: context.guardNonce,
    });
  }
}

/** What a shell calls the end by a signal: 128 and its number. */
function shellCode(signal: string): number | undefined {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  const number = numbers[signal];
  return number === undefined ? undefined : 128 + number;
}
